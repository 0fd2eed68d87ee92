import { type ClipboardEvent, useState } from 'react';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type EnvRow, nameProblem, newRow } from './env-draft.ts';

type EnvProps = { readonly rows: readonly EnvRow[]; readonly onChange: (rows: readonly EnvRow[]) => void };

/** Names can be seen, values can only be written. */
export const EnvCard = ({ rows, onChange }: EnvProps) => {
  const change = (row: EnvRow, part: Partial<EnvRow>) =>
    onChange(rows.map((other) => (other.key === row.key ? { ...other, ...part } : other)));
  const remove = (row: EnvRow) =>
    row.saved ? change(row, { removed: true, value: '' }) : onChange(rows.filter(({ key }) => key !== row.key));
  return (
    <Card
      title="Environment variables"
      description="Further secrets and settings of your scripts, as env.NAME. Kept encrypted; a saved value is never shown again."
    >
      {rows.length > 0 && (
        <ul className="settings">
          {rows.map((row) => (
            <li key={row.key} className={row.removed ? 'setting setting-removed' : 'setting'}>
              <EnvFields rows={rows} row={row} onChange={(part) => change(row, part)} onRemove={() => remove(row)} />
            </li>
          ))}
        </ul>
      )}
      <div className="actions">
        <ActionButton kind="plain" small onPress={() => onChange([...rows, newRow()])}>
          Add a variable
        </ActionButton>
      </div>
    </Card>
  );
};

type FieldsProps = {
  readonly rows: readonly EnvRow[];
  readonly row: EnvRow;
  readonly onChange: (part: Partial<EnvRow>) => void;
  readonly onRemove: () => void;
};

const EnvFields = ({ rows, row, onChange, onRemove }: FieldsProps) => {
  const called = row.name === '' ? 'the new variable' : row.name;
  return (
    <>
      {row.saved ? (
        <p className="setting-name mono">{row.name}</p>
      ) : (
        <TextField
          label="Name of the variable"
          hideLabel
          mono
          placeholder="NAME"
          value={row.name}
          onChange={(name) => onChange({ name })}
          error={nameProblem(rows, row)}
        />
      )}
      {row.removed ? (
        <p className="quiet">Will be removed when you save.</p>
      ) : (
        <ValueField
          label={`Value of ${called}`}
          placeholder={row.saved ? 'Saved, not shown. Type to replace it' : 'Value'}
          value={row.value}
          onChange={(value) => onChange({ value })}
        />
      )}
      {row.removed ? (
        <ActionButton kind="quiet" small label={`Keep ${called}`} onPress={() => onChange({ removed: false })}>
          Keep
        </ActionButton>
      ) : (
        <ActionButton kind="quiet" small label={`Remove ${called}`} onPress={onRemove}>
          Remove
        </ActionButton>
      )}
    </>
  );
};

type ValueProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** A password box has one line, and makes blanks of the others: what is pasted with several (a key, say) gets a larger box. */
const ValueField = (props: ValueProps) => {
  const [isLong, setIsLong] = useState(props.value.includes('\n'));
  if (isLong) return <TextField key="long" {...props} hideLabel mono rows={4} covered autoFocus />;
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData('text').replaceAll(/\r\n?/g, '\n');
    if (!pasted.trimEnd().includes('\n')) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    props.onChange(`${props.value.slice(0, selectionStart ?? 0)}${pasted}${props.value.slice(selectionEnd ?? 0)}`);
    setIsLong(true);
  };
  return <TextField key="short" {...props} hideLabel type="password" onPaste={onPaste} />;
};
