import { afterAll, beforeAll, expect, it } from 'vitest';
import { heldIn } from '../where-held.ts';
import { createUserferry, type Userferry } from '../world.ts';
import type { Mode } from './model/model.ts';
import { SIGHTS } from './sights.ts';
import { walk } from './walk.ts';
import { SAID_WORDS, secretsOf, whatWasSaid } from './what-was-said.ts';
import { openPlace } from './world/open-place.ts';

const SEED = 621;
/** Of the later ones, more than half are several deeds at once. */
const STEPS = 250;

/** The shape of a hash of bcrypt: ours and the legacy database's. */
const HASH = /\$2[aby]\$\d/;

/** Wrong passwords are what a walk is full of: their limits have tests of their own. */
const ENV = {
  USERFERRY_EGRESS_ALLOW: '127.0.0.1:*',
  USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX: '10000',
  USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX: '10000',
};

const stack = new AsyncDisposableStack();
let ours: Userferry;
beforeAll(async () => {
  ours = stack.use(await createUserferry({ env: ENV }));
});
afterAll(() => stack.disposeAsync());

const MODES: readonly Mode[] = ['LAZY_MIGRATION', 'CUSTOM_USER_STORE'];

// Each waits for the services most of the time.
it.concurrent.each(MODES)(
  'a walk of %s is where its model is, deed by deed, and nowhere is a secret said',
  { timeout: 400_000 },
  async (mode) => {
    const place = await openPlace(ours, mode, stack);
    const journal = await walk(place, { mode, seed: SEED, steps: STEPS });
    const seen = journal.flatMap(({ deeds, came }) =>
      deeds.map((deed, index) => `${deed.call} -> ${came[index]?.answer}`),
    );
    expect(seen).toEqual(expect.arrayContaining([...SIGHTS[mode]]));
    const secrets = secretsOf(place, journal);
    for (const [where, text] of Object.entries(await whatWasSaid(place, journal))) {
      // Looked for where there is something to be found.
      expect(text, `${where}, seed ${SEED}`).toContain(SAID_WORDS[where]);
      expect(heldIn(text, secrets), `${where}, seed ${SEED}`).toEqual([]);
      expect(text, `${where}, seed ${SEED}`).not.toMatch(HASH);
    }
  },
);
