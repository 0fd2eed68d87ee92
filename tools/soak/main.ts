import { availableParallelism, loadavg } from 'node:os';
import { readArguments } from '../command-line/read-arguments.ts';
import type { Census } from './process-census.ts';
import { soak } from './soak.ts';

/*
 * node --expose-gc tools/soak/main.ts [--minutes N] [--runs N]: honest and hostile scripts in one sandbox, many of them.
 * Ends with code 1 when an honest run was not right or something was left behind.
 */

const { values } = readArguments({
  options: { minutes: { type: 'string', default: '60' }, runs: { type: 'string', default: '10000' } },
});
const [minutes, runs] = [Number(values.minutes), Number(values.runs)];
const [load = 0] = loadavg();
console.log(`load ${load.toFixed(1)} on ${availableParallelism()} processors`);

const say = (what: string, { rssMb, heapMb, descriptors, threads, children }: Census): void =>
  console.log(
    `${what.padStart(8)}  rss ${rssMb} MB  heap ${heapMb} MB  descriptors ${descriptors}  threads ${threads}  children ${children}`,
  );

const started = Date.now();
const result = await soak({ minutes, runs, reportEvery: 1_000, report: (done, census) => say(String(done), census) });
say('before', result.before);
say('after', result.after);
console.log(`${result.honest} honest runs, ${result.wrong.length} not right, ${result.cameBack} came back later`);
console.log(`${result.hostile} hostile runs: ${JSON.stringify(result.outcomes)}`);
console.log(`${Math.round((Date.now() - started) / 1000)} s`);
for (const wrong of result.wrong.slice(0, 20)) console.log(wrong);
const left = result.after.children > 0 || result.after.threads > result.before.threads;
if (result.wrong.length > 0 || left || result.after.descriptors > result.before.descriptors) process.exitCode = 1;
