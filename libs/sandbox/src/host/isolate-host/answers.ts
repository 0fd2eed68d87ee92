/** What the guest asks for and gets later: name resolution, bcrypt. */
import { DNS_QUESTIONS } from '../../bridge/dns-questions.ts';
import { asInteger, asPort, asText } from './arguments.ts';
import type { EventQueue } from './event-queue.ts';
import { QuotaExceeded } from './limits.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import type { TransportLog } from './transport-log.ts';
import type { RunWaits } from './wait-clock.ts';
import { toWireError } from './wire-error.ts';
import { bcryptAsync } from './work.ts';

type Done = (error: unknown, value?: unknown) => void;

export type AnswersDeps = {
  readonly runId: string;
  readonly link: SupervisorLink;
  readonly transport: TransportLog;
  readonly events: EventQueue;
  readonly waits: Pick<RunWaits, 'hash'>;
};

export type Answers = {
  /** Questions without an answer yet. */
  pending(): number;
  resolve(id: unknown, type: unknown, name: unknown, options: unknown): void;
  bcrypt(id: unknown, what: unknown, args: unknown): void;
};

function asRecordType(value: unknown): (typeof DNS_QUESTIONS)[number] {
  const type = DNS_QUESTIONS.find((known) => known === value);
  if (type !== undefined) return type;
  const error = new TypeError(`The record type ${String(value).slice(0, 32)} cannot be asked for`);
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function createAnswers({ runId, link, transport, events, waits }: AnswersDeps): Answers {
  let pending = 0;

  const answer = (rawId: unknown, start: (done: Done) => void): void => {
    const id = asInteger(rawId, 'id');
    pending += 1;
    const done: Done = (error, value) => {
      pending -= 1;
      const failed = error !== null && error !== undefined;
      events.emit(failed ? [id, 'err', toWireError(error)] : [id, 'ok', value]);
    };
    try {
      start(done);
    } catch (error) {
      done(error);
      if (error instanceof QuotaExceeded) throw error;
    }
  };

  return {
    pending: () => pending,
    resolve(id, type, name, options) {
      answer(id, (done) => {
        const { family, port, ttl } = (options ?? {}) as { readonly [option: string]: unknown };
        const question = {
          runId,
          type: asRecordType(type),
          name: asText(name, 'name', 512),
          family: family === 4 || family === 6 ? family : 0,
          ...(port === undefined ? {} : { port: asPort(port) }),
          ...(ttl === true ? { ttl } : {}),
        } as const;
        link.resolve(question, (found) => {
          if ('error' in found) transport.failed(toWireError(found.error));
          if ('error' in found) done(found.error);
          else done(null, found.value);
        });
      });
    },
    bcrypt(id, what, args) {
      answer(id, (done) => {
        const over = waits.hash.begin();
        const ended: Done = (error, value) => {
          over();
          done(error, value);
        };
        try {
          bcryptAsync(what, asList(args), ended);
        } catch (error) {
          over();
          throw error;
        }
      });
    },
  };
}
