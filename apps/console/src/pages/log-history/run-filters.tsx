import type { Outcome } from '@userferry/contracts/json-types';
import { SCRIPT_ACTIONS } from '@userferry/script-contract';
import { ActionButton } from '../../components/button.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { OUTCOME_WORDS } from '../debug/outcomes.ts';
import { filterOf, isUnfiltered, PERIODS, type Period, type RunFilter } from './run-filter.ts';

const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  all: 'All that is kept',
  hour: 'Last hour',
  day: 'Last 24 hours',
  week: 'Last 7 days',
};

const OUTCOMES = (Object.keys(OUTCOME_WORDS) as Outcome[]).filter((outcome) => outcome !== 'OUTCOME_UNSPECIFIED');

type FiltersProps = { readonly filter: RunFilter; readonly onChange: (filter: RunFilter) => void };

/** Which runs are shown. */
export const RunFilters = ({ filter, onChange }: FiltersProps) => (
  <search className="filters">
    <SelectField
      label="Script"
      value={filter.action}
      options={[
        { id: 'all' as const, name: 'All scripts' },
        ...SCRIPT_ACTIONS.map((action) => ({ id: action, name: action })),
      ]}
      onChange={(action) => onChange({ ...filter, action })}
    />
    <SelectField<RunFilter['ended']>
      label="Outcome"
      value={filter.ended}
      options={[
        { id: 'all', name: 'All outcomes' },
        { id: 'failed', name: 'All but completed' },
        ...OUTCOMES.map((outcome) => ({ id: outcome, name: OUTCOME_WORDS[outcome].name })),
      ]}
      onChange={(ended) => onChange({ ...filter, ended })}
    />
    <SelectField
      label="Time"
      value={filter.period}
      options={PERIODS.map((period) => ({ id: period, name: PERIOD_NAMES[period] }))}
      onChange={(period) => onChange({ ...filter, period })}
    />
    <TextField
      label="Request id"
      type="search"
      mono
      value={filter.requestId}
      onChange={(requestId) => onChange({ ...filter, requestId })}
    />
    {!isUnfiltered(filter) && (
      <div className="filters-clear">
        <ActionButton kind="plain" small onPress={() => onChange(filterOf(new URLSearchParams()))}>
          Clear filters
        </ActionButton>
      </div>
    )}
  </search>
);
