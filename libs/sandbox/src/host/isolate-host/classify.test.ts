import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../bridge/operations.ts';
import { classify } from './classify.ts';
import { createTransportLog, type TransportLog } from './transport-log.ts';

const DENIED = { message: 'EGRESS_DENIED: db.test:5432 may not be reached from scripts', code: 'EGRESS_DENIED' };
const REFUSED = { message: 'connect ECONNREFUSED 192.0.2.1:5432', code: 'ECONNREFUSED' };
const NO_WAY = { message: 'Unix sockets are not available to scripts', code: 'EACCES' };

const returned = (resultJson: string): RunReport => ({ kind: 'returned', resultJson });
const threw = (name: string, message = 'no', code?: string): RunReport => {
  const error = { name, message, ...(code && { code }) };
  return { kind: 'threw', error: { ...error, chain: [error] } };
};
const after = (...happened: ((log: TransportLog) => void)[]): TransportLog => {
  const log = createTransportLog();
  for (const each of happened) each(log);
  return log;
};
const failed = (error: typeof DENIED) => (log: TransportLog) => log.failed(error);
const connected = (log: TransportLog) => log.succeeded();
const answered = (log: TransportLog) => log.answered();

const NEGATIVE = [returned('null'), returned('false'), threw('Error')];
const DECIDED = [threw('WrongUsernameOrPasswordError'), threw('UserNotFoundError'), threw('ValidationError')];

describe('what a script answers that', () => {
  it.each([...NEGATIVE, ...DECIDED])('was not let through to its store is a denial: %j', (report) => {
    for (const why of [DENIED, NO_WAY]) expect(classify(report, after(failed(why)))).toBe('egress_denied');
  });

  it.each(NEGATIVE)('could not reach its store is an outage: %j', (report) => {
    expect(classify(report, after(failed(REFUSED)))).toBe('store_unreachable');
    // Another connection of a pool may still speak.
    expect(classify(report, after(failed(REFUSED), answered))).toBe('store_unreachable');
  });

  it.each(DECIDED)('decided by name stands, whatever the network did before: %j', (report) => {
    expect(classify(report, after(failed(REFUSED)))).toBe('threw');
    expect(classify(report, after())).toBe('threw');
  });

  it('was answered by a store after a denial stands: a set of which one member is closed serves', () => {
    for (const then of [answered, connected]) {
      expect(classify(returned('null'), after(connected, failed(DENIED), then))).toBe('completed');
      expect(classify(threw('UserNotFoundError'), after(failed(DENIED), then))).toBe('threw');
    }
  });

  it('found somebody stands', () => {
    expect(classify(returned('{"id":1}'), after(failed(DENIED)))).toBe('completed');
  });
});

describe('a plain error of a driver about a server that makes no sense is an outage', () => {
  it.each([
    'Unknown authenticationOk message type 2021161080',
    'There was an error establishing an SSL connection',
    'SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match',
    'SASL: Only mechanism(s) SCRAM-SHA-256 are supported',
    'Received unexpected dataRow message from backend.',
    'As a result of LOCAL INFILE command server wants to read /etc/passwd file',
    'Unexpected token `ROW` in `Login7TokenHandler`',
    'Unknown type: 120',
    'unexpected end of data',
    'Login failed: unexpected end of data',
  ])('%s', (message) => {
    expect(classify(threw('Error', message), after(connected))).toBe('store_unreachable');
  });

  it.each(['Unknown type: of user', 'The user gave an unexpected end of data here', 'SASL: no'])(
    'what a script says in like words is its own: %s',
    (message) => {
      expect(classify(threw('Error', message), after(connected))).toBe('threw');
    },
  );
});
