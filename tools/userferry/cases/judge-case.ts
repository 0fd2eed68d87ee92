import { isDeepStrictEqual } from 'node:util';
import { judgeThrow, type RunResult } from '@userferry/script-contract';
import type { Case } from './case-file.ts';
import { differences, fits } from './differences.ts';

type Expected = Case['expect'];

const REFUSALS = new Set(['wrong_password', 'user_not_found', 'user_exists', 'validation', 'rejected']);

const resultOf = ({ resultJson }: RunResult): unknown =>
  resultJson === undefined ? undefined : JSON.parse(resultJson);

const ended = ({ outcome, error }: RunResult): string =>
  error === undefined ? `it ended as ${outcome}` : `it ended as ${outcome}: ${error.name}: ${error.message}`;

const notCompleted = (result: RunResult): readonly string[] => (result.outcome === 'completed' ? [] : [ended(result)]);

const refusal = (expected: NonNullable<Expected['rejected']>, result: RunResult): readonly string[] => {
  // A login that answers null, and a password that is not the user's, are refusals without an error.
  const value = result.outcome === 'completed' ? resultOf(result) : undefined;
  const verdict =
    result.outcome === 'threw'
      ? judgeThrow(result.error)
      : value === false
        ? 'wrong_password'
        : value === null
          ? 'user_not_found'
          : undefined;
  if (verdict === undefined) return [`it was not refused: ${ended(result)}`];
  if (expected === true) return REFUSALS.has(verdict) ? [] : [`it broke: ${ended(result)}`];
  return verdict === expected ? [] : [`it was refused as ${verdict}, not as ${expected}: ${ended(result)}`];
};

const notFound = (result: RunResult): readonly string[] => {
  if (result.outcome === 'completed') return resultOf(result) === null ? [] : ['it found somebody'];
  return result.outcome === 'threw' && judgeThrow(result.error) === 'user_not_found' ? [] : [ended(result)];
};

const errorParts = (expected: NonNullable<Expected['error']>, { outcome, error }: RunResult): readonly string[] => {
  if (outcome === 'completed') return ['it completed'];
  const { message, outcome: wanted, ...exact } = expected;
  const off = Object.entries(exact).filter(([name, value]) => error?.[name as keyof typeof error] !== value);
  return [
    ...(wanted === undefined || wanted === outcome ? [] : [`the outcome is ${outcome}, not ${wanted}`]),
    ...off.map(([name, value]) => `the error’s ${name} is ${error?.[name as keyof typeof error]}, not ${value}`),
    ...(message === undefined || fits(message, error?.message ?? '')
      ? []
      : [`the error’s message is "${error?.message}", without ${message}`]),
  ];
};

const consoleParts = (expected: readonly string[], { logs }: RunResult): readonly string[] => {
  let from = 0;
  return expected.flatMap((text) => {
    const at = logs.findIndex((line, index) => index >= from && fits(text, line.text));
    from = at < 0 ? from : at + 1;
    return at < 0 ? [`no console line has ${text}`] : [];
  });
};

/** What is not as a case expects it; nothing when all holds. */
export const judgeCase = (expected: Expected, result: RunResult): readonly string[] => {
  const value = resultOf(result);
  const checks: Readonly<Record<keyof Expected, () => readonly string[]>> = {
    profile: () => [
      ...notCompleted(result),
      ...(result.outcome === 'completed' ? differences(expected.profile, value, 'profile') : []),
    ],
    contains: () => [
      ...notCompleted(result),
      ...(result.outcome === 'completed' ? differences(expected.contains, value, 'result') : []),
    ],
    result: () =>
      result.outcome !== 'completed'
        ? notCompleted(result)
        : isDeepStrictEqual(value, expected.result)
          ? []
          : [`result is ${JSON.stringify(value)}, not ${JSON.stringify(expected.result)}`],
    not_found: () => notFound(result),
    rejected: () => refusal(expected.rejected ?? true, result),
    error: () => errorParts(expected.error ?? {}, result),
    console: () => consoleParts(expected.console ?? [], result),
  };
  const asked = (Object.keys(checks) as (keyof Expected)[]).filter((name) => expected[name] !== undefined);
  return asked.length === 0 ? notCompleted(result) : asked.flatMap((name) => checks[name]());
};
