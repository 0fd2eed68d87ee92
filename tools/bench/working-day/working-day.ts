import { setTimeout as sleep } from 'node:timers/promises';
import type { Effort, Figures } from '../compare-logins.ts';
import { createRandom } from '../statistics.ts';
import { arrive, type Login } from './arrivals.ts';
import { DAY, type Part, QUICK_DAY, TROUBLED_SHARE } from './day.ts';
import { figuresOf } from './figures.ts';
import { startWorld, type World } from './tenants.ts';

const HEALTHY = 8;
const QUICK_HEALTHY = 2;
/**
 * A working day in three minutes over the JSON API: many companies, a morning peak, and three legacy databases that become
 * slow, silent and unreachable in the middle of it. Logins arrive at their rate whatever becomes of those before them.
 */
export const workingDay = async ({ pairs }: Effort): Promise<Figures> => {
  const quick = pairs < 50;
  const parts = quick ? QUICK_DAY : DAY;
  await using world = await startWorld(quick ? QUICK_HEALTHY : HEALTHY);
  await warmUp(world);
  const arrived: Promise<readonly Login[]>[] = [];
  for (const part of parts) {
    await world.setTrouble(part.trouble);
    arrived.push(...streamsOf(world, part));
    await sleep(part.seconds * 1_000);
  }
  const logins = (await Promise.all(arrived)).flat();
  return figuresOf(parts, logins, { stored: await usersIn(world), warmUp: world.tenants.length });
};

const urlOf = ({ userferry }: World): string =>
  `http://127.0.0.1:${userferry.services.ports.http}/api/v1/IdentityService/Login`;

/** One stream for the companies that are well all day, and one for the others. */
const streamsOf = (world: World, { name, seconds, perSecond }: Part): readonly Promise<readonly Login[]>[] => {
  const isTroubled = ({ trouble }: World['tenants'][number]) => trouble !== 'fine';
  const shares = [
    { tenants: world.tenants.filter((tenant) => !isTroubled(tenant)), share: 1 - TROUBLED_SHARE },
    { tenants: world.tenants.filter(isTroubled), share: TROUBLED_SHARE },
  ];
  return shares.map(({ tenants, share }, place) => {
    const random = createRandom(name.length * 7 + place);
    return arrive({ url: urlOf(world), part: name, seconds, perSecond: perSecond * share, tenants, random });
  });
};

/** One login at each company, so that the day does not begin with nobody's isolate host. */
const warmUp = async (world: World): Promise<void> => {
  for (const tenant of world.tenants)
    await arrive({
      url: urlOf(world),
      part: 'warm_up',
      seconds: 1,
      perSecond: 1,
      tenants: [tenant],
      random: () => 0.5,
    });
};

const usersIn = async ({ userferry }: World): Promise<number> => {
  const [row] = await userferry.store.query<{ count: string }>('SELECT count(*) FROM users', { database: 'userferry' });
  return Number(row?.count);
};
