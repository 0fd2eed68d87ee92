import type { ConnectionMode } from '@userferry/contracts/json-types';
import { Radio, RadioGroup } from 'react-aria-components';
import { Card } from '../../components/card.tsx';

type ModeProps = {
  readonly mode: ConnectionMode;
  readonly saved: ConnectionMode | undefined;
  readonly onChange: (mode: ConnectionMode) => void;
};

const MODES = [
  {
    id: 'CONNECTION_MODE_LAZY_MIGRATION',
    name: 'Lazy migration',
    text: 'Users move over, one by one, at their first successful login. From then on they log in here, with the same password, and your database is not asked for them any more. For when you want to leave your old database one day.',
    needs: 'Scripts: login, getUser',
  },
  {
    id: 'CONNECTION_MODE_CUSTOM_USER_STORE',
    name: 'Custom user store',
    text: 'Users stay in your database for ever. Every login, search and change runs one of your scripts, and nothing about a user is written here. For when your database has to stay the only place.',
    needs: 'Scripts: all eight (searchUser is optional)',
  },
] as const;

export const ModeCard = ({ mode, saved, onChange }: ModeProps) => (
  <Card title="Mode" description="What becomes of the users in your database.">
    <RadioGroup
      aria-label="Mode"
      className="modes"
      value={mode}
      onChange={(value) => onChange(value as ConnectionMode)}
    >
      {MODES.map(({ id, name, text, needs }) => (
        <Radio key={id} value={id} className="mode">
          <span className="radio" aria-hidden="true" />
          <span>
            <span className="mode-name">{name}</span>
            <span className="mode-text">{text}</span>
            <span className="mode-needs">{needs}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
    {saved !== undefined && saved !== mode && (
      <p className="note note-warn" role="status">
        {mode === 'CONNECTION_MODE_CUSTOM_USER_STORE'
          ? 'After saving, users who have moved over are looked for in your database again. They are not deleted here.'
          : 'After saving, users begin to move over with their next login. Those who have moved over before log in here again, with the password of then.'}
      </p>
    )}
  </Card>
);
