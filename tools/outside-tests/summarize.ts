import type { FileResult } from './run-file.ts';

export type ModuleRates = {
  readonly module: string;
  readonly files: number;
  readonly notApplicable: number;
  /** Files that fail or skip themselves in plain Node, here, today. */
  readonly notPassingInNode: number;
  readonly passInNode: number;
  /** Those of them that start a server, which the harness does for them. */
  readonly withServer: number;
  readonly passInSandbox: number;
  /** Percent of those that pass in plain Node. */
  readonly rate: number | undefined;
};

const percent = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.round((part / whole) * 1000) / 10;

const ratesOf = (module: string, files: readonly FileResult[]): ModuleRates => {
  const passing = files.filter(({ node }) => node?.outcome === 'passed');
  const notApplicable = files.filter(({ fitness }) => fitness === 'not applicable').length;
  const passInSandbox = passing.filter(({ sandbox }) => sandbox?.outcome === 'passed').length;
  return {
    module,
    files: files.length,
    notApplicable,
    notPassingInNode: files.length - notApplicable - passing.length,
    passInNode: passing.length,
    withServer: passing.filter(({ needsServer }) => needsServer).length,
    passInSandbox,
    rate: percent(passInSandbox, passing.length),
  };
};

/** The rates of every module, in the order in which the modules came. */
export const summarize = (results: readonly FileResult[]): ModuleRates[] =>
  [...Map.groupBy(results, ({ module }) => module)].map(([module, files]) => ratesOf(module, files));

/** The rates as lines of a Markdown table. */
export const tableOf = (rates: readonly ModuleRates[]): string[] => [
  '| module | files | not applicable | do not pass in plain Node | pass in plain Node | of these, with a server | pass in the sandbox | rate |',
  '|---|---|---|---|---|---|---|---|',
  ...rates.map(({ module, rate, ...one }) => {
    const numbers = [one.files, one.notApplicable, one.notPassingInNode, one.passInNode, one.withServer];
    return `| ${[module, ...numbers, one.passInSandbox, rate === undefined ? '–' : `${rate} %`].join(' | ')} |`;
  }),
];
