import type { Figures } from '../compare-logins.ts';
import { countsInSandbox } from './in-sandbox.ts';
import { countsInServices } from './in-services.ts';

/** What a login costs in things that can be counted, and are the same on a busy machine: its quick form is its only one. */
export const loginCounts = async (): Promise<Figures> => ({
  ...(await countsInSandbox()),
  ...(await countsInServices()),
});
