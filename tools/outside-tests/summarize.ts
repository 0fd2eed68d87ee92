import type { FileResult } from './run-file.ts';

export type ModuleRates = {
  readonly module: string;
  readonly files: number;
  readonly notApplicable: number;
  /** Files that pass in plain Node and start a server, which scripts cannot. */
  readonly needServer: number;
  readonly passInNode: number;
  readonly passInSandbox: number;
  /** Percent of those that pass in plain Node without a server of their own. */
  readonly rate: number | undefined;
  /** The same with those that need a server counted as failed. */
  readonly rateWithServers: number | undefined;
};

const percent = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.round((part / whole) * 1000) / 10;

const ratesOf = (module: string, files: readonly FileResult[]): ModuleRates => {
  const passing = files.filter(({ node }) => node?.outcome === 'passed');
  const fit = passing.filter(({ fitness }) => fitness === 'fit');
  const passInSandbox = fit.filter(({ sandbox }) => sandbox?.outcome === 'passed').length;
  return {
    module,
    files: files.length,
    notApplicable: files.filter(({ fitness }) => fitness === 'not applicable').length,
    needServer: passing.length - fit.length,
    passInNode: fit.length,
    passInSandbox,
    rate: percent(passInSandbox, fit.length),
    rateWithServers: percent(passInSandbox, passing.length),
  };
};

/** The rates of every module, in the order in which the modules came. */
export const summarize = (results: readonly FileResult[]): ModuleRates[] =>
  [...Map.groupBy(results, ({ module }) => module)].map(([module, files]) => ratesOf(module, files));

/** The rates as lines of a Markdown table. */
export const tableOf = (rates: readonly ModuleRates[]): string[] => [
  '| module | files | not applicable | need a server | pass in plain Node | pass in the sandbox | rate | rate with servers counted as failed |',
  '|---|---|---|---|---|---|---|---|',
  ...rates.map((one) => {
    const shown = [one.rate, one.rateWithServers].map((rate) => (rate === undefined ? '–' : `${rate} %`));
    const numbers = [one.files, one.notApplicable, one.needServer, one.passInNode, one.passInSandbox];
    return `| ${[one.module, ...numbers, ...shown].join(' | ')} |`;
  }),
];
