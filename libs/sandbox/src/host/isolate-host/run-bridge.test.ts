/** The host's side of the bridge against what no guest of ours would send. */
import { describe, expect, it } from 'vitest';
import type { GuestEvent, Operation, RunReport } from '../../bridge/operations.ts';
import { createParkingLot } from './reuse/parking-lot.ts';
import { createRunBridge, type RunBridge } from './run-bridge.ts';
import type { SupervisorLink } from './supervisor-link.ts';

const link: SupervisorLink = {
  send: () => undefined,
  flushed: async () => undefined,
  connect: () => () => undefined,
  resolve: () => () => undefined,
  onFrame: () => undefined,
};

function startBridge(): { bridge: RunBridge; reports: RunReport[]; quotas: string[]; events: GuestEvent[] } {
  const reports: RunReport[] = [];
  const quotas: string[] = [];
  const events: GuestEvent[] = [];
  const bridge = createRunBridge({
    runId: 'run',
    link,
    reuse: { lot: createParkingLot(), scope: '', argsJson: '[]', destinations: [] },
    files: { base: undefined as never, packages: new Map() },
    dispatch: async (batch) => void events.push(...batch),
    onDone: (report) => reports.push(report),
    onPackage: () => undefined,
    onQuota: ({ message }) => quotas.push(message),
  });
  return { bridge, reports, quotas, events };
}

const JUNK: readonly unknown[] = [
  ...[undefined, null, true, -1, 0, 1, Number.NaN, Number.POSITIVE_INFINITY, 1e308, 2 ** 31, 10n, '', 'x', '__proto__'],
  ...[{}, [], [[[]]], { id: 1 }, new Map([[1, 2]]), new Set([1]), new Date(Number.NaN), /x/, new Error('x')],
  ...[new Uint8Array(3), new Float64Array(1), new ArrayBuffer(4), Object.create(null)],
];
const NAMES = [
  ...[
    'open',
    'tls',
    'taken',
    'write',
    'end',
    'destroy',
    'pause',
    'resume',
    'option',
    'resolve',
    'bcrypt',
    'crypto',
    'zlib',
  ],
  ...['zlibClose', 'alarm', 'immediate', 'log', 'done', 'constructor', '__proto__', 'toString'],
];
const QUESTIONS = [
  ...['package', 'random', 'text', 'bytes', 'bcrypt', 'checkIdentity', 'feed', 'secureContext', 'tlsCiphers', 'crypto'],
  ...['crypto.start', 'crypto.subtle', 'crypto.open', 'crypto.call', 'zlib.open', 'zlib.step', 'zlib.params'],
  ...['zlib.reset', 'constructor', '__proto__', 'toString'],
];

describe('the host', () => {
  it('survives every operation with every kind of argument', () => {
    const { bridge } = startBridge();
    for (const name of NAMES) {
      for (const a of JUNK) for (const b of JUNK) bridge.onOperations([[name, a, b, a, b, a] as unknown as Operation]);
    }
    bridge.close();
  });

  it('survives every question with every kind of argument, and says what was wrong in text alone', () => {
    const { bridge } = startBridge();
    for (const name of QUESTIONS) {
      for (const a of JUNK) {
        for (const args of [a, [a], [a, a], [1, a, a]]) {
          const answer = bridge.onQuestion(name, args as never) as { error?: Record<string, unknown> };
          for (const value of Object.values(answer.error ?? {})) expect(typeof value).toMatch(/string|number|object/);
        }
      }
    }
    bridge.close();
  });

  it.each(['', ' ', 'pg', 'pg x', 'mysql x', 'constructor x', '__proto__ x', 'toString x', 'http x', 'x'.repeat(1e6)])(
    'survives a connection with key number %# of these, whatever is done with it then',
    (key) => {
      const { bridge } = startBridge();
      let id = 0;
      for (const a of JUNK) {
        id += 2;
        const bytes = Buffer.from(`${typeof a} written`);
        const batch = [
          ['open', id, 'db.example', 5432, 0, key],
          ['write', id, bytes, true],
          ['tls', id + 1, id, a],
        ];
        bridge.onOperations([...batch, ['end', id], ['destroy', id], ['destroy', id + 1]] as unknown as Operation[]);
      }
      bridge.close();
    },
  );

  it('survives batches that are none', () => {
    const { bridge, reports } = startBridge();
    for (const batch of JUNK) bridge.onOperations(batch as Operation[]);
    bridge.onOperations(JUNK as Operation[]);
    expect(reports).toEqual([]);
    bridge.close();
  });

  it.each([
    ['nothing', null],
    ['no kind', {}],
    ['an unknown kind', { kind: 'completed', resultJson: '1' }],
    ['a result that is no text', { kind: 'returned', resultJson: { a: 1 } }],
    ['a result without end', { kind: 'returned', resultJson: 'x'.repeat(3e6) }],
    ['an error that is none', { kind: 'threw', error: 7 }],
    ['an error without a chain', { kind: 'threw', error: { name: 'Error', message: 'x' } }],
    ['an error whose chain is no list', { kind: 'threw', error: { name: 'Error', message: 'x', chain: 'x' } }],
    ['an error with a name that is no text', { kind: 'threw', error: { name: 5, message: 'x', chain: [] } }],
    ['an endless chain', { kind: 'threw', error: { name: 'E', message: 'x', chain: new Array(1e5).fill({}) } }],
  ])('takes for no end of a run: %s', (_what, report) => {
    const { bridge, reports } = startBridge();
    bridge.onOperations([['done', report] as never]);
    expect(reports).toEqual([]);
    bridge.onOperations([['done', { kind: 'returned', resultJson: '1', extra: true }] as never]);
    expect(reports).toEqual([{ kind: 'returned', resultJson: '1' }]);
    bridge.close();
  });

  it('hands on no line that no source has', () => {
    const { bridge, reports } = startBridge();
    const error = { name: 'E', message: 'x', line: 2 ** 40, column: 3, chain: [] };
    bridge.onOperations([['done', { kind: 'threw', error }] as never]);
    expect(reports).toEqual([{ kind: 'threw', error: { name: 'E', message: 'x', column: 3, chain: [] } }]);
    bridge.close();
  });

  it('hands on of an error what errors have, and nothing else', () => {
    const { bridge, reports } = startBridge();
    const error = {
      name: 'E',
      message: 'm',
      code: 'C',
      line: 1,
      column: Number.NaN,
      stack: '/path',
      path: '/etc',
      chain: [],
    };
    bridge.onOperations([['done', { kind: 'threw', error, uncaught: 'yes' }] as never]);
    expect(reports).toEqual([{ kind: 'threw', error: { name: 'E', message: 'm', code: 'C', line: 1, chain: [] } }]);
    bridge.close();
  });

  it('writes no time into the log that JSON does not have', () => {
    const { bridge } = startBridge();
    for (const atMs of JUNK) bridge.onOperations([['log', 'info', 'x', atMs] as never]);
    for (const line of bridge.log.lines) expect(JSON.parse(JSON.stringify(line))).toEqual(line);
    bridge.close();
  });

  it('counts no turn that a script waits for as a call, and every one that it asks for meanwhile', async () => {
    const { bridge, quotas, events } = startBridge();
    for (let i = 0; i < 10; i++) {
      bridge.onOperations([['immediate']]);
      await new Promise(setImmediate);
    }
    await new Promise(setImmediate);
    expect(events.length).toBe(10);
    const batch = new Array(50_000).fill(['immediate']) as Operation[];
    for (let i = 0; i < 4; i++) bridge.onOperations(batch);
    expect(quotas).toEqual([]);
    bridge.onOperations(batch);
    expect(quotas[0]).toContain('200000 calls');
    bridge.close();
  });

  it('ends a run that posts without end, whatever it posts', () => {
    const { bridge, quotas } = startBridge();
    const batch = new Array(50_000).fill(null) as Operation[];
    for (let i = 0; i < 5; i++) bridge.onOperations(batch);
    expect(quotas[0]).toContain('200000 calls');
    bridge.close();
  });
});
