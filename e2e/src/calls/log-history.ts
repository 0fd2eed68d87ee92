import { actionOfNumber, outcomeOfNumber, type ScriptAction } from '@userferry/script-contract';
import { inTime, type LegacyCompany } from '../legacy/connect-company.ts';

const QUERY = {
  action: 0,
  outcome: 0,
  failedOnly: false,
  since: undefined,
  until: undefined,
  pageSize: 200,
  requestId: '',
} as const;

/** The whole log history of a pool, the newest first. */
export const allRuns = async ({ connections, userPoolId }: Pick<LegacyCompany, 'connections' | 'userPoolId'>) => {
  const runs = [];
  for (let pageToken = ''; ; ) {
    const page = await connections.listScriptRuns({ ...QUERY, userPoolId, pageToken }, inTime());
    runs.push(...page.runs);
    if (page.nextPageToken === '') return runs;
    pageToken = page.nextPageToken;
  }
};

/** What the scripts of each request said, in their order, by the request's id. */
export const sayingsOf = async (company: LegacyCompany): Promise<ReadonlyMap<string, readonly string[]>> => {
  const sayings = new Map<string, string[]>();
  for (const { requestId, action, outcome } of (await allRuns(company)).reverse()) {
    const said = `${actionOfNumber(action)} ${outcomeOfNumber(outcome)}`;
    sayings.set(requestId, [...(sayings.get(requestId) ?? []), said]);
  }
  return sayings;
};

/** How a run ends that says that. */
export const outcomeOf = (action: ScriptAction, saying: string): string => {
  if (saying === 'store unreachable') return 'store_unreachable';
  if (saying === 'egress denied') return 'egress_denied';
  if (saying === 'timed out') return 'timed_out';
  if (saying === 'killed') return 'killed';
  if (saying === 'profile without id' || (action === 'deleteUser' && saying === 'false')) return 'invalid_result';
  return /Error$|^not implemented$/.test(saying) ? 'threw' : 'completed';
};
