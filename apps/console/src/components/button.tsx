import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useOnce } from './use-once.ts';

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

/** Of a button that has work to show, a press counts once. */
const useOnePress = ({ onPress, busy }: ActionButtonProps): (() => void) | undefined => {
  const once = useOnce(busy ?? false, () => onPress?.());
  return onPress === undefined || busy === undefined ? onPress : once;
};
