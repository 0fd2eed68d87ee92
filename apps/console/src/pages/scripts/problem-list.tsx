import { messageOf } from '../../components/page-state.tsx';
import type { Check } from './use-problems.ts';

/** The same that the editor marks, in words, for who does not see the marks. */
export const ProblemList = ({ check, isEmpty }: { readonly check: Check; readonly isEmpty: boolean }) => (
  <div role="status" className="problems">
    {sentence(check, isEmpty)}
    {check.problems.length > 0 && (
      <ul>
        {check.problems.map(({ line, column, message, severity }) => (
          <li key={`${line}:${column}:${message}`} className={`problem problem-${severity}`}>
            {line > 0 && (
              <span className="mono">
                {line}:{column}
              </span>
            )}{' '}
            {severity === 'warning' && 'Hint: '}
            {message}
          </li>
        ))}
      </ul>
    )}
  </div>
);

const sentence = ({ problems, isCurrent, error }: Check, isEmpty: boolean) => {
  if (isEmpty) return <p className="quiet small">Nothing is written yet. Begin with a template.</p>;
  if (error) return <p className="quiet small">Not checked: {messageOf(error)}</p>;
  if (problems.length > 0) return null;
  return <p className="quiet small">{isCurrent ? 'No problem found.' : 'Checking …'}</p>;
};
