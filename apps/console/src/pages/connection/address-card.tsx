import type { SavedAddress } from '@userferry/contracts/json-types';
import { Card } from '../../components/card.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type AddressDraft, type AddressField, addressProblems, withField, withUri } from './address-draft.ts';
import { UriField } from './uri-field.tsx';

type AddressProps = {
  readonly draft: AddressDraft;
  /** What is saved and may be seen. */
  readonly saved: SavedAddress | undefined;
  readonly isNew: boolean;
  readonly onChange: (draft: AddressDraft) => void;
};

const SAVED = 'Saved, not shown';

/** By URI or by fields, each fills in the other. What is saved of a password never comes back. */
export const AddressCard = ({ draft, saved, isNew, onChange }: AddressProps) => {
  const problems = addressProblems(draft);
  const isBlank = saved?.hasPassword === true && draft.typed !== 'uri' && draft.password === '';
  const isSameServer = draft.host === saved?.host && Number(draft.port) === saved.port;
  const field = (name: AddressField, label: string, more: Partial<Parameters<typeof TextField>[0]> = {}) => (
    <TextField
      label={label}
      value={draft[name]}
      onChange={(value) => onChange(withField(draft, name, value))}
      {...more}
    />
  );
  return (
    <Card
      title="Your database"
      description="A connection URI or its fields: each fills in the other. Scripts read them as env.DB_CONNECTION_URI, env.DB_HOST and so on."
    >
      <UriField
        uri={draft.uri}
        placeholder={isNew ? 'postgres://user:password@db.example.com:5432/users' : SAVED}
        error={problems.uri}
        onChange={(uri) => onChange(withUri(draft, uri))}
      />
      <p className="or" aria-hidden="true">
        or
      </p>
      <div className="grid">
        {field('host', 'Host', { className: 'grid-wide', error: problems.fields })}
        {field('port', 'Port', { inputMode: 'numeric', placeholder: '5432' })}
        {field('username', 'User name')}
        {field('password', 'Password', {
          type: 'password',
          ...(isBlank && isSameServer && { placeholder: SAVED, description: 'Leave it blank to keep the saved one.' }),
          ...(isBlank &&
            !isSameServer && { description: 'Another server needs its password: the saved one stays here.' }),
        })}
        {field('database', 'Database')}
      </div>
      {!isNew && draft.typed === 'fields' && !isSameServer && (
        <p className="quiet">A new server is written without the options of the saved URI. Enter a URI to have some.</p>
      )}
    </Card>
  );
};
