import { hasMariadb, MARIADB_MISSING } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atMost } from './at-most.ts';
import { act } from './calls/act.ts';
import { arrange } from './calls/arrange.ts';
import { type Beacon, startBeacon } from './calls/beacon.ts';
import type { Cast } from './calls/cast.ts';
import { killIsolateHosts } from './calls/isolate-hosts.ts';
import { outcomeOf, sayingsOf } from './calls/log-history.ts';
import { heldOf, heldThere, wordsOf, writesBetween, writesThereBetween } from './calls/observe.ts';
import { type CallRow, readCallTable } from './calls/read-call-table.ts';
import { createStage, type Stage } from './calls/stage.ts';
import { SHOP_KINDS, startLegacyShop } from './legacy/legacy-shop.ts';
import { createUserferry, type Userferry } from './world.ts';

const ROWS = readCallTable();
/** Whoever kills isolate hosts kills those of everyone: these rows have the stage to themselves. */
const isKilled = ({ scripts }: CallRow) => scripts.some(([, saying]) => saying === 'killed');
const AT_ONCE_MAX = 4;

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

/** Writes that a script did in the legacy user store, by what it says. */
const wroteThere = ({ scripts }: CallRow): readonly string[] =>
  scripts.flatMap(([action, saying], index) => {
    if (!['createUser', 'updateUser', 'deleteUser'].includes(action)) return [];
    const silent = action === 'createUser' && saying === 'null' && scripts[index + 1]?.[1] === 'profile';
    return silent || ['profile', 'true'].includes(saying) ? [action] : [];
  });

describe.each(SHOP_KINDS)('docs/calls.md over %s', (kind) => {
  // Debian's MariaDB is not in the lockfile: without it this half says so and does not run.
  const runs = kind !== 'mysql' || hasMariadb();
  describe.skipIf(!runs)(runs ? 'each row' : `each row (MySQL: ${MARIADB_MISSING})`, () => {
    const casts = new Map<CallRow, Cast>();
    const stack = new AsyncDisposableStack();
    let stage: Stage;

    beforeAll(async () => {
      const shop = await startLegacyShop(kind);
      stack.defer(() => shop.stop());
      stage = stack.use(await createStage(ours, { shop, beacon }));
      await atMost(AT_ONCE_MAX, ROWS, async (row) => casts.set(row, await arrange(row, stage)));
      await stage.takePlansAway();
    }, 120_000);
    afterAll(() => stack.disposeAsync());

    /** The call, and what it left in both databases. */
    const play = async (row: CallRow, during: (call: Promise<unknown>) => Promise<void> = async () => undefined) => {
      const cast = casts.get(row);
      if (cast === undefined) throw new Error('the row was not arranged');
      const { company, caller } = stage.placeOf(row);
      const look = () => Promise.all([heldOf(ours, company.userPoolId, cast), heldThere(stage.shop, cast)]);
      const [before, thereBefore] = await look();
      const call = act(row, cast, caller);
      await during(call);
      const outcome = await call;
      const [after, thereAfter] = await look();
      const conflict = row.writes.some(({ refused }) => refused === 'conflict');
      expect({
        answer: wordsOf(outcome),
        writes: writesBetween(before, after, cast.nickname),
        conflicts: after.conflicts - before.conflicts,
        there: writesThereBetween(thereBefore, thereAfter),
      }).toEqual({
        answer: row.answer,
        writes: row.writes.filter(({ refused }) => refused === undefined).map(({ call: name }) => name),
        conflicts: conflict ? 1 : 0,
        there: wroteThere(row),
      });
    };

    const together = ROWS.filter((row) => !isKilled(row)).map((row) => [row.title, row] as const);
    it.concurrent.each(together)('%s', async (_, row) => play(row));

    const alone = ROWS.filter(isKilled).map((row) => [row.title, row] as const);
    it.each(alone)('%s', async (_, row) => {
      const begun = beacon.count();
      const kill = async (call: Promise<unknown>) => {
        const over = call.then(() => true);
        while (!(await Promise.race([beacon.dialled().then(() => false), over])))
          expect(killIsolateHosts(ours.services.processes['script-runner'].pid ?? 0)).toBeGreaterThan(0);
      };
      await play(row, kill);
      // A read is worth one repeat; a write is sent once, whatever happens.
      expect(beacon.count() - begun).toBe(row.call === 'Login' ? 2 : 1);
    });

    it('the log history has each run of each row, in its order, and no other', async () => {
      const expected = Object.fromEntries(
        ROWS.map((row) => [row.title, row.scripts.map(([action, saying]) => `${action} ${outcomeOf(saying)}`)]),
      );
      const found = async () => {
        const companies = new Set(ROWS.map((row) => stage.placeOf(row).company));
        const maps = await Promise.all([...companies].map((company) => sayingsOf(company)));
        const all = new Map(maps.flatMap((map) => [...map]));
        return Object.fromEntries(ROWS.map((row) => [row.title, all.get(casts.get(row)?.requestId ?? '') ?? []]));
      };
      await expect.poll(found, { timeout: 10_000, interval: 500 }).toEqual(expected);
    });
  });
});
