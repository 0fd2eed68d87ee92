import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';

type ActionButtonProps = {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly type?: 'button' | 'submit';
  readonly kind?: 'main' | 'plain' | 'danger' | 'quiet';
  readonly small?: boolean;
  /** At work: cannot be pressed again, stays focused, and says so. */
  readonly busy?: boolean;
  readonly isDisabled?: boolean;
  readonly label?: string;
  readonly autoFocus?: boolean;
};

export const ActionButton = (props: ActionButtonProps) => {
  const { children, type = 'button', kind = 'main', small, busy = false, isDisabled = false, label } = props;
  const onPress = useOnePress(props);
  return (
    <Button
      className={`button button-${kind}${small ? ' button-small' : ''}`}
      type={busy ? 'button' : type}
      aria-disabled={busy}
      isDisabled={isDisabled}
      {...(props.autoFocus && { autoFocus: true })}
      {...(label !== undefined && { 'aria-label': label })}
      {...(onPress && !busy && { onPress })}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </Button>
  );
};

/** Nobody presses a second time on purpose so soon. */
const DOUBLE_CLICK_MS = 500;

/** That an action is at work is known a render later, and a double click is faster: it is one press of such a button. */
const useOnePress = ({ onPress, busy }: ActionButtonProps): (() => void) | undefined => {
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!busy) pressedAt.current = Number.NEGATIVE_INFINITY;
  }, [busy]);
  if (onPress === undefined || busy === undefined) return onPress;
  return () => {
    if (performance.now() - pressedAt.current < DOUBLE_CLICK_MS) return;
    pressedAt.current = performance.now();
    onPress();
  };
};
