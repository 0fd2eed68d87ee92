import { asText } from '../as-text.ts';
import { allRuns } from '../calls/log-history.ts';
import { inTime } from '../legacy/connect-company.ts';
import { passwordsOf } from './deed.ts';
import type { Entry } from './journal.ts';
import type { Place } from './world/open-place.ts';

/** What no answer, no log line and no record may hold. */
export const secretsOf = (place: Place, journal: readonly Entry[]): readonly string[] => [
  ...place.secrets,
  ...new Set(journal.flatMap(({ deeds }) => deeds.flatMap(passwordsOf))),
];

/** A word of each place. */
export const SAID_WORDS: Readonly<Record<string, string>> = {
  logs: 'IdentityService/Login',
  answers: '@walk.example',
  audit: 'IdentityService/ChangePassword',
  history: 'nothing becomes of',
  connection: 'WALK_TOKEN',
};

/** Each place in which the services say something, with all that they said there. */
export const whatWasSaid = async (
  { ours, company }: Place,
  journal: readonly Entry[],
): Promise<Readonly<Record<string, string>>> => {
  const { userPoolId, connections, pools } = company;
  const page = { userPoolId, pageSize: 200, pageToken: '' };
  const { entries } = await pools.listAuditEntries(page, inTime());
  const kept = await Promise.all([
    connections.getConnection({ userPoolId }, inTime()),
    connections.listScriptVersions(page, inTime()),
    connections.listConflicts(page, inTime()),
    connections.listTombstones(page, inTime()),
  ]);
  return {
    logs: ours.lines.map(({ text }) => text).join('\n'),
    answers: asText(journal.flatMap(({ came }) => came.map(({ sent }) => sent))),
    audit: asText(entries),
    history: asText(await allRuns(company)),
    connection: asText(kept),
  };
};
