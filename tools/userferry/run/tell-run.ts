import { judgeThrow, type Outcome, type RunResult, type ScriptError } from '@userferry/script-contract';
import { codeFrame, placeText } from '../code-frame.ts';
import type { Env } from '../read-env.ts';
import type { ScriptFile } from '../script-file.ts';
import { unsetVariables } from './unset-variables.ts';

/** What each outcome means to an author, and what to do. */
export const OUTCOME_MEANS: Readonly<Record<Outcome, string>> = {
  completed: 'the function returned',
  threw: 'the function threw an error',
  syntax_error: 'the source cannot be run',
  timed_out: 'the function did not end in time: --timeout-ms gives it more',
  out_of_memory: 'the function took more memory than it may: --memory-mb gives it more',
  invalid_result: 'what the function returned is no answer of this action',
  store_unreachable: 'the database or service did not answer: a login would end as undecided, not as a wrong password',
  egress_denied: 'the destination is not open to scripts here: --allow HOST:PORT opens one',
  quota_exceeded: 'the script did more of something than it may',
  overloaded: 'there was no room to run it',
  killed: 'the run was ended from outside',
};

/** What each kind of throwing does to a call. */
export const VERDICT_MEANS: Readonly<Record<ReturnType<typeof judgeThrow>, string>> = {
  wrong_password: 'counts as a wrong password',
  user_not_found: 'counts as a user who does not exist',
  user_exists: 'counts as an identifier that is taken',
  validation: 'counts as a request that cannot be carried out',
  rejected: 'a plain Error: counts as the script’s refusal',
  broken: 'counts as a broken script: whether the password is right is not known',
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Text stands as it is, unless it would read as something else (`"7"` is another id than 7), as nothing, or change the screen. */
const valueText = (value: unknown): string =>
  typeof value === 'string' && value !== '' && !isJson(value) && !/\p{Cc}/u.test(value) ? value : JSON.stringify(value);

const field = ([name, value]: [string, unknown]): string => `  ${name.padEnd(16)} ${valueText(value)}`;

const resultLines = (result: unknown): readonly string[] =>
  typeof result === 'object' && result !== null && !Array.isArray(result)
    ? ['', 'result', ...Object.entries(result).map(field)]
    : ['', `result  ${JSON.stringify(result)}`];

const errorLines = ({ name, source }: ScriptFile, error: ScriptError): readonly string[] => {
  const code = error.code === undefined ? '' : ` [${error.code}]`;
  const frame = codeFrame(source, error);
  return [
    '',
    `${error.name}: ${error.message}${code}`,
    `  at ${placeText(name, error)}`,
    ...(frame === '' ? [] : [frame]),
  ];
};

const usageLine = ({ usage }: RunResult): string => {
  const opened =
    usage.connectionsOpened === undefined
      ? ''
      : `, ${usage.connectionsOpened} ${usage.connectionsOpened === 1 ? 'connection' : 'connections'} opened`;
  return `${usage.wallMs.toFixed(0)} ms, ${usage.cpuMs.toFixed(0)} ms of CPU, ${(usage.heapBytes / 2 ** 20).toFixed(1)} MB of memory${opened}`;
};

/** What would open the destination that was denied. */
const allowHint = ({ outcome, error }: RunResult): readonly string[] => {
  const destination =
    outcome === 'egress_denied' ? /(\S+:\d+) may not be reached/.exec(error?.message ?? '')?.[1] : undefined;
  return destination === undefined
    ? []
    : [`  --allow ${destination} would open it here; the deployment has its own list`];
};

/** Answers that name no user mean something, too: nobody there is to be let in. */
const ANSWER_MEANS: Readonly<Record<string, string>> = {
  'login null': VERDICT_MEANS.user_not_found,
  'getUser null': VERDICT_MEANS.user_not_found,
  'validatePassword false': VERDICT_MEANS.wrong_password,
};

const meaning = (functionName: string, { outcome, resultJson, error }: RunResult): readonly string[] => {
  const means = outcome === 'threw' ? VERDICT_MEANS[judgeThrow(error)] : ANSWER_MEANS[`${functionName} ${resultJson}`];
  return means === undefined ? [] : [`  ${means}`];
};

/** What a script makes of `undefined` where an address is to be: another address, or an error of its own. */
const mayLackVariables = ({ outcome, error }: RunResult): boolean =>
  outcome === 'egress_denied' ||
  outcome === 'store_unreachable' ||
  (outcome === 'threw' && judgeThrow(error) === 'broken');

/** What was run, and with which variables. */
export type Asked = { readonly script: ScriptFile; readonly functionName: string; readonly env: Env };

/** A run, told to a person. */
export const tellRun = ({ script, functionName, env }: Asked, result: RunResult): string => {
  const { outcome, resultJson, error, logs } = result;
  const unset = mayLackVariables(result) ? unsetVariables(script.source, env) : [];
  return [
    `${outcome === 'completed' ? '✓' : '✗'} ${outcome}: ${OUTCOME_MEANS[outcome]}`,
    ...allowHint(result),
    ...meaning(functionName, result),
    ...unset.map((hint) => `  ${hint}`),
    ...(resultJson === undefined ? [] : resultLines(JSON.parse(resultJson))),
    ...(error === undefined ? [] : errorLines(script, error)),
    ...(logs.length === 0 ? [] : ['', 'console']),
    ...logs.map(({ level, text, atMs }) => `  ${`+${atMs.toFixed(0)} ms`.padEnd(9)} ${level.padEnd(5)} ${text}`),
    '',
    usageLine(result),
  ].join('\n');
};
