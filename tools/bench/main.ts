import { readArguments } from '../command-line/read-arguments.ts';
import { compareWithBaseline, inBaseline, saveBaseline } from './baseline/baseline.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { FULL, QUICK } from './compare-logins.ts';
import { saveResults } from './report/results.ts';
import { runBenchmarks } from './run-benchmarks.ts';

const USAGE = `npm run bench [-- [--json] [--quick] [--save] [--compare] [--save-baseline] [NAME …]]
  --json           prints all figures as JSON, in the last line
  --quick          only that each runs and brings its figures
  --save           keeps the figures in tools/bench/report/results.json, beside those of other names
  --compare        fails where a figure is not what tools/bench/baseline/baseline.json has
  --save-baseline  writes that file
names: ${Object.keys(BENCHMARKS).join(', ')}`;

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    compare: { type: 'boolean', default: false },
    'save-baseline': { type: 'boolean', default: false },
  },
});

const refusal = (): string | undefined => {
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0) return `no benchmark is called ${unknown.join(', ')}`;
  if (values.quick && values.save) return 'what the quick form measures means nothing: --save goes without --quick';
  return undefined;
};

const namesAsked = (): readonly string[] => {
  if (positionals.length > 0) return positionals;
  const baselineAlone = (values.compare || values['save-baseline']) && !values.quick;
  return Object.keys(BENCHMARKS).filter((name) => !baselineAlone || inBaseline(name));
};

const main = async (): Promise<void> => {
  const { results, problems } = await runBenchmarks(namesAsked(), values.quick ? QUICK : FULL);
  const differences = values.compare ? compareWithBaseline(results) : [];
  if (values['save-baseline']) saveBaseline(results);
  if (values.save) saveResults(results);
  for (const line of [...problems, ...differences]) console.error(line);
  if (problems.length + differences.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify(results));
};

const refused = refusal();
if (refused === undefined) await main();
else {
  console.error(`${refused}\n${USAGE}`);
  process.exitCode = 2;
}
