import type { ScriptError } from '@userferry/contracts/json-types';
import { ActionButton } from '../../components/button.tsx';
import type { Spot } from '../scripts/spot.ts';

/** What was thrown, and the way to its line. */
export const ErrorBox = ({
  error,
  onSpot,
}: {
  readonly error: ScriptError;
  readonly onSpot?: (spot: Spot) => void;
}) => (
  <div className="note note-bad">
    <p>
      <strong>{error.name || 'Error'}</strong>
      {error.code !== '' && <span className="mono"> {error.code}</span>}: {error.message}
    </p>
    {error.line > 0 && onSpot && (
      <ActionButton
        kind="plain"
        small
        onPress={() => onSpot({ line: error.line, column: error.column, at: performance.now() })}
      >
        Go to line {error.line}
      </ActionButton>
    )}
  </div>
);
