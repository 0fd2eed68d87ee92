import { hasMariadb, MARIADB_MISSING } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atMost } from './at-most.ts';
import { arrange } from './calls/arrange.ts';
import { type Beacon, startBeacon } from './calls/beacon.ts';
import type { Cast } from './calls/cast.ts';
import { killIsolateHosts } from './calls/isolate-hosts.ts';
import { outcomeOf, sayingsOf } from './calls/log-history.ts';
import { play } from './calls/play.ts';
import { type CallRow, readCallTable } from './calls/read-call-table.ts';
import { createStage, type Stage } from './calls/stage.ts';
import { startLegacyShop } from './legacy/legacy-shop.ts';
import { SHOP_KINDS, type ShopKind } from './legacy/shop-server.ts';
import { createUserferry, type Userferry } from './world.ts';

const says = (wanted: string) => (row: CallRow) => row.scripts.some(([, saying]) => saying === wanted);
/** Whoever kills isolate hosts kills those of everyone: these rows have the stage to themselves. */
const isKilled = says('killed');
/** These take the scripts' whole time: they are begun together, before the others. */
const isTimedOut = says('timed out');
const AT_ONCE_MAX = 4;

/** What no script takes part in is the same whatever the legacy user store is. */
const rowsOf = (kind: ShopKind): readonly CallRow[] =>
  readCallTable().filter(({ mode, scripts }) => kind === 'postgresql' || scripts.length > 0 || mode === 'local');

let ours: Userferry;
let beacon: Beacon;
beforeAll(async () => {
  beacon = await startBeacon();
  ours = await createUserferry({ env: { USERFERRY_EGRESS_ALLOW: '127.0.0.1:*' } });
});
afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await beacon?.[Symbol.asyncDispose]();
});

describe.each(SHOP_KINDS)('docs/calls.md over %s', (kind) => {
  // Debian's MariaDB is not in the lockfile: without it this half says so and does not run.
  const runs = kind !== 'mysql' || hasMariadb();
  describe.skipIf(!runs)(runs ? 'each row' : `each row (MySQL: ${MARIADB_MISSING})`, () => {
    const rows = rowsOf(kind);
    const casts = new Map<CallRow, Cast>();
    const begun = new Map<CallRow, Promise<void>>();
    const stack = new AsyncDisposableStack();
    let stage: Stage;

    const castOf = (row: CallRow): Cast => {
      const cast = casts.get(row);
      if (cast === undefined) throw new Error('the row was not arranged');
      return cast;
    };
    beforeAll(async () => {
      const shop = await startLegacyShop(kind);
      stack.defer(() => shop.stop());
      stage = stack.use(await createStage(ours, { shop, beacon }));
      await atMost(AT_ONCE_MAX, rows, async (row) => casts.set(row, await arrange(row, stage)));
      await stage.takePlansAway();
      for (const row of rows.filter(isTimedOut)) {
        const playing = play(row, { stage, cast: castOf(row) });
        playing.catch(() => undefined);
        begun.set(row, playing);
      }
    }, 240_000);
    afterAll(() => stack.disposeAsync());

    const together = rows.filter((row) => !isKilled(row) && !isTimedOut(row)).map((row) => [row.title, row] as const);
    it.concurrent.each(together)('%s', (_, row) => play(row, { stage, cast: castOf(row) }));

    const timedOut = rows.filter(isTimedOut).map((row) => [row.title, row] as const);
    it.each(timedOut)('%s', async (_, row) => expect(begun.get(row)).resolves.toBeUndefined());

    const alone = rows.filter(isKilled).map((row) => [row.title, row] as const);
    it.each(alone)('%s', async (_, row) => {
      const before = beacon.count();
      const kill = async (call: Promise<unknown>) => {
        const over = call.then(() => true);
        while (!(await Promise.race([beacon.dialled().then(() => false), over])))
          expect(killIsolateHosts(ours.services.processes['script-runner'].pid ?? 0)).toBeGreaterThan(0);
      };
      await play(row, { stage, cast: castOf(row) }, kill);
      // A write is sent once, whatever happens. A read is repeated (isolate-host-crash.test.ts), but where every host is killed
      // at once the repeat may die before it dials.
      if (row.call !== 'Login') expect(beacon.count() - before).toBe(1);
    });

    it('the log history has each run of each row, in its order, and no other', async () => {
      const expected = Object.fromEntries(
        rows.map((row) => [row.title, row.scripts.map(([action, saying]) => `${action} ${outcomeOf(action, saying)}`)]),
      );
      const found = async () => {
        const companies = new Set(rows.map((row) => stage.placeOf(row).company));
        const all = new Map((await Promise.all([...companies].map(sayingsOf))).flatMap((map) => [...map]));
        const ranOf = (row: CallRow) =>
          (all.get(castOf(row).requestId) ?? []).filter((said) => !said.endsWith(' overloaded'));
        return Object.fromEntries(rows.map((row) => [row.title, ranOf(row)]));
      };
      await expect.poll(found, { timeout: 10_000, interval: 500 }).toEqual(expected);
    });
  });
});
