/** `Sandbox.check`: what a source defines. */
import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import type { Sandbox, ScriptCheck } from '../../../sandbox.ts';
import { DEATHS } from '../hosts/host-death.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import type { HostPool } from '../pool/host-pool.ts';
import type { WorkQueue } from '../pool/work-queue.ts';
import { runnersFault, type Work, workIn } from './queued-work.ts';

const CHECK_TIMEOUT_MS = 10_000;

type CheckParts = { readonly queue: WorkQueue<IsolateHost>; readonly pool: Pick<HostPool, 'serve'> };

/** What stands at the source's top level is evaluated to see what it defines, so each source gets a host of its own. */
export const createCheck =
  ({ queue, pool }: CheckParts): Sandbox['check'] =>
  async (source, functionName, language = 'javascript', signal) => {
    const begin = (host: IsolateHost): Promise<ScriptCheck> => {
      const timer = setTimeout(() => host.kill(DEATHS.stuckInSource), CHECK_TIMEOUT_MS);
      const end = (): void => host.kill(DEATHS.servedItsPurpose);
      signal?.addEventListener('abort', end, { once: true });
      return host.check(source, functionName, language).finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        end();
      });
    };
    const instead: Work<ScriptCheck>['instead'] = (why, retryAfterMs) =>
      Promise.reject(runnersFault(why, retryAfterMs));
    const found = workIn(queue, { connectionKey: `check ${randomUUID()}`, begin, instead }, signal);
    pool.serve();
    const check = await found;
    // Nothing was found in a source that was not looked at to its end.
    if (check === undefined || signal?.aborted)
      throw new ServiceError('CANCELLED', 'the check was ended by its caller');
    return check;
  };
