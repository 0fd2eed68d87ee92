import { defaultErrorMessage, type RunResult, type ScriptAction } from '@userferry/script-contract';
import type { Saying } from './row.ts';

/** What every script of the table knows: the id is a number, and has to stay one. */
export const LEGACY_PROFILE = { id: 7, email: 'ada@example.com', username: 'ada', nickname: 'Ada' } as const;

const base = { logs: [], usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 } } as const;

const completed = (value: unknown): RunResult => ({ ...base, outcome: 'completed', resultJson: JSON.stringify(value) });
const failed = (outcome: RunResult['outcome'], name = 'Error', message = "the script's own words"): RunResult => ({
  ...base,
  outcome,
  error: { name, message },
});

/** The run of a script that says that. */
export const say = (action: ScriptAction, saying: Saying): RunResult => {
  switch (saying) {
    case 'profile':
      return completed(LEGACY_PROFILE);
    case 'profile with another e-mail':
      return completed({ ...LEGACY_PROFILE, email: 'adá@example.com' });
    case 'null':
      return completed(null);
    case 'blocked profile':
      return completed({ ...LEGACY_PROFILE, blocked: true });
    case 'deleted profile':
      return completed({ ...LEGACY_PROFILE, isDeleted: true });
    case 'profile without id':
      return completed({ email: 'ada@example.com' });
    case 'page':
      return completed({ totalCount: 1, list: [LEGACY_PROFILE] });
    case 'true':
    case 'false':
      return completed(saying === 'true');
    case 'not implemented':
      return failed('threw', 'NotImplementedError', defaultErrorMessage(action));
    case 'store unreachable':
      return failed('store_unreachable');
    case 'egress denied':
      return failed('egress_denied');
    case 'timed out':
      return failed('timed_out');
    case 'killed':
      return failed('killed');
    default:
      return failed('threw', saying);
  }
};
