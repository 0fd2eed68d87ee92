import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type EgressRow, egressProblem, egressRow } from './connection-draft.ts';

type EgressProps = { readonly rows: readonly EgressRow[]; readonly onChange: (rows: readonly EgressRow[]) => void };

/** Where scripts may connect to: it can only narrow what the deployment allows. */
export const EgressCard = ({ rows, onChange }: EgressProps) => {
  const change = (row: EgressRow, part: Partial<EgressRow>) =>
    onChange(rows.map((other) => (other.key === row.key ? { ...other, ...part } : other)));
  return (
    <Card
      title="Allowed destinations"
      description="The only hosts that your scripts may connect to. Without any, they reach whatever this deployment allows."
    >
      {rows.length > 0 && (
        <ul className="settings">
          {rows.map((row, index) => (
            <li key={row.key} className="setting">
              <TextField
                label={`Host, address or range ${index + 1}`}
                hideLabel
                mono
                placeholder="db.example.com or 10.0.0.0/8"
                value={row.host}
                onChange={(host) => change(row, { host })}
                error={egressProblem(row)}
              />
              <TextField
                label={`Port ${index + 1}, blank for any`}
                hideLabel
                className="setting-port"
                inputMode="numeric"
                placeholder="Any port"
                value={row.port}
                onChange={(port) => change(row, { port: port.trim() })}
              />
              <ActionButton
                kind="quiet"
                small
                label={`Remove destination ${index + 1}`}
                onPress={() => onChange(rows.filter(({ key }) => key !== row.key))}
              >
                Remove
              </ActionButton>
            </li>
          ))}
        </ul>
      )}
      <div className="actions">
        <ActionButton kind="plain" small onPress={() => onChange([...rows, egressRow()])}>
          Add a destination
        </ActionButton>
      </div>
    </Card>
  );
};
