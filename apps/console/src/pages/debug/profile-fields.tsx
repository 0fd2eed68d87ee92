import type { ProfileField, ProfileFieldState } from '@userferry/contracts/json-types';
import { Badge, type Tone } from '../../components/badge.tsx';

const STATES: Readonly<Record<ProfileFieldState, { readonly name: string; readonly tone: Tone }>> = {
  PROFILE_FIELD_STATE_UNSPECIFIED: { name: 'unknown', tone: 'plain' },
  PROFILE_FIELD_STATE_ACCEPTED: { name: 'accepted', tone: 'good' },
  PROFILE_FIELD_STATE_CUSTOM_DATA: { name: 'custom data', tone: 'plain' },
  PROFILE_FIELD_STATE_IGNORED: { name: 'ignored', tone: 'warn' },
  PROFILE_FIELD_STATE_WRONG: { name: 'wrong', tone: 'bad' },
};

/** The returned profile, field by field, against what a profile may hold. */
export const ProfileFields = ({ fields }: { readonly fields: readonly ProfileField[] }) => (
  <section className="result-part" aria-label="Profile">
    <h3>Profile</h3>
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">What becomes of it</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name}>
            <th scope="row" className="mono">
              {field.name}
            </th>
            <td>
              <StateBadge state={field.state} /> {field.message}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const StateBadge = ({ state }: { readonly state: ProfileFieldState }) => {
  const { name, tone } = STATES[state] ?? STATES.PROFILE_FIELD_STATE_UNSPECIFIED;
  return <Badge tone={tone}>{name}</Badge>;
};
