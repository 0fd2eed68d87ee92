/** One run: from the source and the arguments to one report to the host. */
import type { ReportedError, RunInput, RunReport } from '../../bridge/operations.ts';
import { missingFunctionMessage } from '../../bridge/script-source.ts';
import { undoAll } from '../at-end.ts';
import { flush, send, setUncaughtHandler } from '../bridge.ts';
import { clearTimers, setTimerQuotaHandler, timersLeft } from '../clock.ts';
import { endLog, startLog } from '../globals/console.ts';
import { builtInsAreIntact, forgetSearchedText, restoreGlobals } from '../integrity/built-ins.ts';
import { restoreKeptValues } from '../integrity/kept-values.ts';
import { restoreModules } from '../integrity/modules.ts';
import { resetTripwires } from '../integrity/tripwires.ts';
import { clearProcess, offerUncaught } from '../modules/process.ts';
import { apply, defineProperty, freeze, jsonParse } from '../primordials.ts';
import { addRandom } from '../random.ts';
import { expectKept } from '../socket-channel.ts';
import { clearTicks } from '../ticks.ts';
import { describeError } from './describe-error.ts';
import { loadScript, ScriptSyntaxError } from './load-script.ts';
import { beginRun, endRun } from './run-end.ts';
import { InvalidResult, ResultTooLarge, resultToJson } from './to-json.ts';

/** The number of the run that has not ended yet; 0 between runs. */
let running = 0;
let runs = 0;

function report(run: number, ending: RunReport): void {
  if (run !== running) return;
  running = 0;
  endRun();
  endLog();
  send(['done', ending]);
  flush(false);
}

const plainError = (name: string, message: string): ReportedError => ({ name, message, chain: [{ name, message }] });

function endingOf(result: unknown): RunReport {
  try {
    return { kind: 'returned', resultJson: resultToJson(result) };
  } catch (error) {
    if (error instanceof InvalidResult)
      return { kind: 'invalid_result', error: plainError('TypeError', error.message) };
    if (error instanceof ResultTooLarge) return { kind: 'quota_exceeded', error: plainError('Error', error.message) };
    return { kind: 'invalid_result', error: describeError(error) };
  }
}

async function callScript(input: RunInput): Promise<RunReport> {
  try {
    const found = loadScript(input.source, input.functionName);
    if (found === undefined) {
      return { kind: 'syntax_error', error: plainError('Error', missingFunctionMessage(input.functionName)) };
    }
    return endingOf(await apply(found, undefined, jsonParse(input.argsJson) as unknown[]));
  } catch (error) {
    if (error instanceof ScriptSyntaxError) {
      return { kind: 'syntax_error', error: plainError('SyntaxError', error.message) };
    }
    return { kind: 'threw', error: describeError(error) };
  }
}

function setEnvironment(envJson: string): void {
  const value = freeze(jsonParse(envJson) as object);
  defineProperty(globalThis, 'env', { value, writable: false, enumerable: true, configurable: true });
}

async function runToEnd(run: number, input: RunInput): Promise<void> {
  report(run, await callScript(input));
}

/** Undefined when a listener of the script took it; else what ends the run, be it thrown by the listener itself. */
function leftUncaught(error: unknown): { readonly error: unknown } | undefined {
  try {
    return offerUncaught(error) ? undefined : { error };
  } catch (thrown) {
    return { error: thrown };
  }
}

function onUncaught(run: number, error: unknown): void {
  const left = leftUncaught(error);
  if (left) report(run, { kind: 'threw', error: describeError(left.error), uncaught: true });
}

/** Starts a run; its end is reported as the operation `done`. */
export function runScript(input: RunInput): void {
  runs += 1;
  const run = runs;
  running = run;
  beginRun();
  addRandom(input.random);
  expectKept(input.kept, input.offer);
  setEnvironment(input.envJson);
  startLog();
  setUncaughtHandler((error) => onUncaught(run, error));
  setTimerQuotaHandler((message) => report(run, { kind: 'quota_exceeded', error: plainError('Error', message) }));
  void runToEnd(run, input);
}

/** Forgets what the last run left, before the next; false when the isolate is not fit for one. */
export function reset(): boolean {
  clearProcess();
  undoAll();
  const clean =
    timersLeft() === 0 && restoreGlobals() && builtInsAreIntact() && restoreKeptValues() && restoreModules();
  if (clean) resetTripwires();
  forgetSearchedText();
  running = 0;
  clearTimers();
  clearTicks();
  return clean;
}
