import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue, Text } from 'react-aria-components';

export type Option<T extends string> = { readonly id: T; readonly name: string; readonly note?: string };

type SelectFieldProps<T extends string> = {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly small?: boolean;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly description?: string;
  readonly isDisabled?: boolean;
  readonly onChange: (value: T) => void;
};

/** A choice of one of few, by mouse, keyboard or screen reader. */
export const SelectField = <T extends string>(props: SelectFieldProps<T>) => {
  const { label, hideLabel, small, value, options, description, isDisabled = false, onChange } = props;
  return (
    <Select
      className={small ? 'field field-small' : 'field'}
      value={value}
      isDisabled={isDisabled}
      onChange={(key) => onChange(key as T)}
      {...(hideLabel && { 'aria-label': label })}
    >
      {!hideLabel && <Label>{label}</Label>}
      <Button className="select">
        <SelectValue />
        <span className="select-arrow" aria-hidden="true" />
      </Button>
      {description !== undefined && <Text slot="description">{description}</Text>}
      <Popover className="popover">
        <ListBox items={options.map((option) => ({ ...option }))}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.name} className="option">
              <Text slot="label">{option.name}</Text>
              {option.note !== undefined && <Text slot="description">{option.note}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
};
