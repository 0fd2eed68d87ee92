import { Plan } from '@userferry/contracts/management/v1/user_pool_service';
import type { ScriptAction } from '@userferry/script-contract';
import { type Caller, createCaller } from '../legacy/caller.ts';
import { connect, createCompany, inTime, type LegacyCompany } from '../legacy/connect-company.ts';
import type { LegacyShop } from '../legacy/legacy-shop.ts';
import type { Userferry } from '../world.ts';
import type { Beacon } from './beacon.ts';
import { obedientScript } from './obedient-script.ts';
import type { CallRow, Mode } from './read-call-table.ts';

/** A pool in one situation. */
export type Place = { readonly company: LegacyCompany; readonly caller: Caller };

/** One legacy user store, and a pool in each situation of the table. */
export type Stage = Disposable & {
  readonly shop: LegacyShop;
  readonly ours: Userferry;
  readonly beacon: Beacon;
  readonly placeOf: (row: CallRow) => Place;
  /** From now on the pools without the plan are without it. */
  readonly takePlansAway: () => Promise<void>;
};

type PlaceName = Mode | 'lazy empty' | 'custom empty' | 'lazy slow' | 'custom slow';

const CONNECTED = {
  lazy: 'LAZY_MIGRATION',
  'lazy empty': 'LAZY_MIGRATION',
  'lazy slow': 'LAZY_MIGRATION',
  'lazy unpaid': 'LAZY_MIGRATION',
  custom: 'CUSTOM_USER_STORE',
  'custom empty': 'CUSTOM_USER_STORE',
  'custom slow': 'CUSTOM_USER_STORE',
  'custom unpaid': 'CUSTOM_USER_STORE',
  local: 'LAZY_MIGRATION',
} as const;

const UNPAID = ['lazy unpaid', 'custom unpaid'] as const;

/** A connection without scripts is a place of its own; so is one on which runs get stuck, which costs their neighbours. */
const nameOf = ({ mode, scripts }: CallRow): PlaceName => {
  const says = (wanted: string) => scripts.some(([, saying]) => saying === wanted);
  if (says('not implemented')) return `${mode} empty` as PlaceName;
  return says('timed out') ? (`${mode} slow` as PlaceName) : mode;
};

export const createStage = async (
  ours: Userferry,
  { shop, beacon }: { readonly shop: LegacyShop; readonly beacon: Beacon },
): Promise<Stage> => {
  const { kind, uri } = shop;
  const env = { DEAD_PORT: String(beacon.deadPort), BEACON_PORT: String(beacon.port), ID_TYPE: ID_TYPES[kind] };
  const places = new Map<PlaceName, Place>();
  for (const name of Object.keys(CONNECTED) as (keyof typeof CONNECTED)[]) {
    const company = await createCompany(ours, { name: `${kind} ${name}` });
    places.set(name, { company, caller: createCaller(company) });
    // Without a connection, and with one that is switched off, are the same situation: one stage has the one.
    if (name === 'local' && kind === 'mysql') continue;
    const scriptOf = (action: ScriptAction) => (name.endsWith('empty') ? undefined : obedientScript(kind, action));
    await connect(company, { mode: CONNECTED[name], uri, scriptOf, env });
    if (name === 'local') await company.connections.disableConnection({ userPoolId: company.userPoolId }, inTime());
  }
  const place = (name: PlaceName): Place => {
    const found = places.get(name);
    if (found === undefined) throw new Error(`there is no place ${name}`);
    return found;
  };
  return {
    shop,
    ours,
    beacon,
    placeOf: (row) => place(nameOf(row)),
    takePlansAway: async () => {
      for (const name of UNPAID) {
        const { pools, userPoolId } = place(name).company;
        await pools.setPlan({ userPoolId, plan: Plan.BASIC }, inTime());
      }
    },
    [Symbol.dispose]: () => {
      for (const { company } of places.values()) company[Symbol.dispose]();
    },
  };
};

/** As what the drivers give the ids of the sample tables (bigint columns). */
const ID_TYPES = { postgresql: 'string', mysql: 'number' } as const;
