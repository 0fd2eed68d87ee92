import type { Isolation } from '@userferry/contracts/json-types';
import { Radio, RadioGroup } from 'react-aria-components';
import { Card } from '../../components/card.tsx';

type IsolationProps = { readonly isolation: Isolation; readonly onChange: (isolation: Isolation) => void };

const KINDS = [
  {
    id: 'ISOLATION_UNSPECIFIED',
    name: 'Kept warm',
    text: 'One login after the other is served by the same isolate. Whatever a script changes in it is put back in between; what a driver keeps for itself stays. Fast, and what you want unless you know better.',
  },
  {
    id: 'ISOLATION_PER_RUN',
    name: 'One for each run',
    text: 'Every run of a script has an isolate that has run nothing before, and is thrown away after it. Takes more of the processors.',
  },
] as const satisfies readonly { readonly id: Isolation; readonly name: string; readonly text: string }[];

/** What the runs of the scripts share. */
export const IsolationCard = ({ isolation, onChange }: IsolationProps) => (
  <Card title="Isolation" description="What one run of a script may leave for the next.">
    <RadioGroup
      aria-label="Isolation"
      className="modes"
      value={isolation}
      onChange={(value) => onChange(value as Isolation)}
    >
      {KINDS.map(({ id, name, text }) => (
        <Radio key={id} value={id} className="mode">
          <span className="radio" aria-hidden="true" />
          <span>
            <span className="mode-name">{name}</span>
            <span className="mode-text">{text}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  </Card>
);
