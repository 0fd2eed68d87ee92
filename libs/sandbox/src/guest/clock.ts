/** Timers: kept in order here, with one alarm in the host for the earliest. */
import { listen, send, uncaught } from './bridge.ts';
import { validateFunction } from './modules/node-errors.ts';
import { apply, bareList, create, dateNow } from './primordials.ts';
import { drainTicks } from './ticks.ts';

const TIMERS_MAX = 1000;
const DELAY_MAX_MS = 2 ** 31 - 1;
const CLOCK_ID = 0;

export type Callback = (...args: unknown[]) => unknown;
export type Entry = {
  readonly id: number;
  readonly callback: Callback;
  readonly args: readonly unknown[];
  readonly repeatMs: number;
  dueMs: number;
  delayMs: number;
  /** What the callback is called on: Node's timer object. */
  self: object | undefined;
  isOver: boolean;
};

let timers = bareList<Entry>();
let immediates = bareList<Entry>();
let nextId = 1;
let alarmAtMs = Number.POSITIVE_INFINITY;
let turnIsDue = false;
let onQuota: (message: string) => void = () => undefined;

export function setTimerQuotaHandler(handler: (message: string) => void): void {
  onQuota = handler;
}

function assertCallback(callback: unknown): asserts callback is Callback {
  validateFunction(callback, 'callback');
}

function assertRoom(): void {
  if (timers.length + immediates.length < TIMERS_MAX) return;
  const message = `The script has more than ${TIMERS_MAX} timers at once`;
  onQuota(message);
  throw Object.assign(new Error(message), { code: 'QUOTA_EXCEEDED' });
}

/** Keeps the list sorted by due time; equal times stay in the order of their setting. */
function insert(entry: Entry): void {
  let at = timers.length;
  while (at > 0 && (timers[at - 1] as Entry).dueMs > entry.dueMs) {
    timers[at] = timers[at - 1] as Entry;
    at -= 1;
  }
  timers[at] = entry;
}

function setAlarm(nowMs: number): void {
  const first = timers[0];
  if (first === undefined || first.dueMs >= alarmAtMs) return;
  alarmAtMs = first.dueMs;
  send(['alarm', first.dueMs > nowMs ? first.dueMs - nowMs : 0]);
}

export function startTimer(callback: unknown, delay: unknown, args: readonly unknown[], repeat: boolean): Entry {
  assertCallback(callback);
  assertRoom();
  const asked = Number(delay);
  const delayMs = asked >= 1 && asked <= DELAY_MAX_MS ? Math.trunc(asked) : 1;
  const nowMs = dateNow();
  const entry: Entry = {
    id: nextId++,
    callback,
    args,
    repeatMs: repeat ? delayMs : 0,
    dueMs: nowMs + delayMs,
    delayMs,
    self: undefined,
    isOver: false,
  };
  insert(entry);
  setAlarm(nowMs);
  return entry;
}

function remove(list: Entry[], id: number): Entry[] {
  const rest = bareList<Entry>();
  for (let i = 0; i < list.length; i++) {
    const entry = list[i] as Entry;
    if (entry.id !== id) rest[rest.length] = entry;
  }
  return rest;
}

function isIn(list: readonly Entry[], entry: Entry): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === entry) return true;
  return false;
}

export function stopTimer(id: number): void {
  for (let i = 0; i < timers.length; i++) {
    const entry = timers[i] as Entry;
    if (entry.id === id) entry.isOver = true;
  }
  timers = remove(timers, id);
}

export function restartTimer(entry: Entry): void {
  timers = remove(timers, entry.id);
  entry.isOver = false;
  const nowMs = dateNow();
  entry.dueMs = nowMs + entry.delayMs;
  insert(entry);
  setAlarm(nowMs);
}

/** One turn for all that wait: each that is asked for beyond it would ask for others. */
function askForTurn(): void {
  if (turnIsDue) return;
  turnIsDue = true;
  send(['immediate']);
}

export function startImmediate(callback: unknown, args: readonly unknown[]): Entry {
  assertCallback(callback);
  assertRoom();
  const entry: Entry = {
    id: nextId++,
    callback,
    args,
    repeatMs: 0,
    dueMs: 0,
    delayMs: 0,
    self: undefined,
    isOver: false,
  };
  askForTurn();
  immediates[immediates.length] = entry;
  return entry;
}

export function stopImmediate(id: number): void {
  immediates = remove(immediates, id);
}

function fire(entry: Entry): void {
  try {
    apply(entry.callback, entry.self, entry.args);
  } catch (error) {
    uncaught(error);
  }
  drainTicks();
}

async function runDue(): Promise<void> {
  const nowMs = dateNow();
  alarmAtMs = Number.POSITIVE_INFINITY;
  for (let first = timers[0]; first !== undefined && first.dueMs <= nowMs; first = timers[0]) {
    timers = remove(timers, first.id);
    if (first.repeatMs > 0) {
      first.dueMs = nowMs + first.repeatMs;
      insert(first);
    }
    fire(first);
    // Its own callback may have set it anew.
    first.isOver = !isIn(timers, first);
    await undefined;
  }
  setAlarm(dateNow());
}

async function runImmediates(): Promise<void> {
  turnIsDue = false;
  const batch = immediates;
  const ran: Record<number, true> = create(null);
  for (let i = 0; i < batch.length; i++) {
    const entry = batch[i] as Entry;
    // One that an earlier one of this batch has cleared is in the list no more.
    if (ran[entry.id] !== undefined || !isIn(immediates, entry)) continue;
    ran[entry.id] = true;
    immediates = remove(immediates, entry.id);
    entry.isOver = true;
    fire(entry);
    await undefined;
  }
}

/** Binds the clock to the host's events; called once. */
export function startClock(): void {
  listen(CLOCK_ID, (type) => {
    if (type === 'alarm') void runDue();
    else if (type === 'immediate') void runImmediates();
  });
}

/** Timers that are still armed. */
export const timersLeft = (): number => timers.length + immediates.length;

/** Forgets all timers: what a finished run left must not fire in the next. The host's alarm ends with the run. */
export function clearTimers(): void {
  timers = bareList();
  immediates = bareList();
  turnIsDue = false;
  alarmAtMs = Number.POSITIVE_INFINITY;
}
