import type { ClipboardEvent, RefObject } from 'react';
import { TextField as AriaTextField, FieldError, Input, Label, Text, TextArea } from 'react-aria-components';

type Common = {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly description?: string;
  /** Said beneath the field, and read out with it. */
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  readonly className?: string;
};

type TextFieldProps = Common & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onFocusChange?: (focused: boolean) => void;
  readonly onPaste?: (event: ClipboardEvent<HTMLInputElement>) => void;
  readonly autoFocus?: boolean;
  readonly placeholder?: string;
  readonly type?: 'text' | 'email' | 'password' | 'search' | 'datetime-local';
  readonly inputMode?: 'text' | 'numeric' | 'url';
  readonly mono?: boolean;
  /** The box itself, of one line. */
  readonly box?: RefObject<HTMLInputElement | null>;
  /** Lines of a larger box. */
  readonly rows?: number;
  /** In a larger box, which has no type, what a password box does: nobody reads it over a shoulder. */
  readonly covered?: boolean;
};

export const TextField = (props: TextFieldProps) => {
  const { value, onChange, onFocusChange, onPaste, placeholder, type = 'text', inputMode, mono, box, rows } = props;
  const className = `input${mono ? ' mono' : ''}${props.covered ? ' covered' : ''}`;
  const shared = { ...(placeholder !== undefined && { placeholder }), className };
  return (
    <AriaTextField
      {...frameOf(props)}
      value={value}
      onChange={onChange}
      {...(onFocusChange && { onFocusChange })}
      {...(props.autoFocus && { autoFocus: true })}
      type={type === 'datetime-local' ? 'text' : type}
      autoComplete="off"
      spellCheck="false"
      {...(inputMode && { inputMode })}
    >
      {!props.hideLabel && <Label>{props.label}</Label>}
      {rows === undefined ? (
        <Input {...shared} type={type} {...(box && { ref: box })} {...(onPaste && { onPaste })} />
      ) : (
        <TextArea {...shared} rows={rows} ref={goToEnd} />
      )}
      <Notes {...props} />
    </AriaTextField>
  );
};

/** Where one goes on who is led into a box that has a text. */
const goToEnd = (box: HTMLTextAreaElement | null): void => box?.setSelectionRange(box.value.length, box.value.length);

const frameOf = ({ label, hideLabel, error, isDisabled = false, className = '' }: Common) => ({
  className: `field ${className}`,
  isInvalid: error !== undefined,
  // said, and never in the way of sending the form again: whoever sends it decides
  validationBehavior: 'aria' as const,
  isDisabled,
  ...(hideLabel && { 'aria-label': label }),
});

const Notes = ({ description, error }: Common) => (
  <>
    {description !== undefined && <Text slot="description">{description}</Text>}
    <FieldError>{error}</FieldError>
  </>
);
