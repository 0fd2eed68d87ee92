/**
 * The script around a case: it runs the case's code, gathers what it gave, threw and left in globals, and looks in all of
 * that for anything of another realm. What it looks with is taken before the case can patch it.
 */

/** What the witness saw; an empty list is what a contained case leaves. */
export type Witnessed = {
  readonly ended: 'value' | 'error';
  readonly told: string;
  readonly findings: readonly string[];
};

const WITNESS = `
const { getPrototypeOf, getOwnPropertyDescriptor, ownKeys, apply } = Reflect;
const [NativeFunction, NativeObject, NativeString, NativeSet] = [Function, Object, String, Set];
const { has, add } = Set.prototype;
const push = (list, item) => { NativeObject.defineProperty(list, list.length, { value: item, writable: true, enumerable: true, configurable: true }) };
const own = globalThis;
const ownProcess = process;
const asFunction = (0, eval);
const makers = [Function, (async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor];
const MAKERS = ['Function', 'AsyncFunction', 'GeneratorFunction', 'AsyncGeneratorFunction'];
const indexOf = Array.prototype.indexOf;
const wait = setTimeout;
const NativePromise = Promise;
const before = ownKeys(globalThis);
const isThing = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
const quietly = (act) => { try { return act() } catch { return undefined } };

function judge(value, findings) {
  const seen = new NativeSet();
  const queue = [value];
  for (let at = 0; at < queue.length && at < 20000; at++) {
    const thing = queue[at];
    if (!isThing(thing) || apply(has, seen, [thing]) || thing === own) continue;
    apply(add, seen, [thing]);
    quietly(() => look(thing, findings));
    push(queue, quietly(() => getPrototypeOf(thing)));
    const keys = quietly(() => ownKeys(thing)) ?? [];
    for (let i = 0; i < keys.length && i < 500; i++) {
      const slot = quietly(() => getOwnPropertyDescriptor(thing, keys[i]));
      if (slot === undefined) continue;
      push(queue, slot.value); push(queue, slot.get); push(queue, slot.set);
    }
  }
}
function look(thing, findings) {
  const made = quietly(() => thing.constructor);
  const maker = typeof made === 'function' ? quietly(() => made.constructor) : undefined;
  for (const candidate of [made, maker]) {
    if (typeof candidate !== 'function') continue;
    if (apply(indexOf, makers, [candidate]) >= 0 || apply(indexOf, MAKERS, [quietly(() => candidate.name)]) < 0) continue;
    const elsewhere = quietly(() => candidate('return globalThis')());
    if (isThing(elsewhere) && elsewhere !== own && elsewhere.Object !== undefined && elsewhere.Object !== NativeObject) push(findings, 'a Function of another realm');
  }
  if (thing !== ownProcess && quietly(() => NativeObject.prototype.toString.call(thing)) === '[object process]') push(findings, 'another process object');
  if (thing === ownProcess) return;
  if (quietly(() => thing.isHost) === true || quietly(() => thing.global?.isHost) === true) push(findings, 'the mark of the host');
  if (quietly(() => typeof thing.execSync === 'function' && typeof thing.spawn === 'function')) push(findings, 'child_process');
  if (quietly(() => typeof thing.readFileSync === 'function' && typeof thing.realpathSync === 'function')) push(findings, 'fs');
  if (quietly(() => typeof thing.Isolate === 'function' && typeof thing.ExternalCopy === 'function')) push(findings, 'isolated-vm');
}
const AsyncFunction = makers[1];
async function evaluate(code) {
  let parsed;
  try { parsed = new AsyncFunction('require', 'module', 'exports', code) } catch { return asFunction(code) }
  const isExpression = quietly(() => new AsyncFunction('return (' + code + '\\n)')) !== undefined;
  if (isExpression) return asFunction('(' + code + '\\n)');
  const module = { exports: {} };
  const returned = await apply(parsed, undefined, [require, module, module.exports]);
  return returned === undefined ? [module.exports] : returned;
}
async function attack(code) {
  const findings = [];
  let ended = 'value', given;
  try { given = await evaluate(code) } catch (error) { ended = 'error'; given = error }
  await new NativePromise((resolve) => wait(resolve, 20));
  judge(given, findings);
  const after = ownKeys(own);
  for (let i = 0; i < after.length; i++) if (apply(indexOf, before, [after[i]]) < 0) judge(quietly(() => own[after[i]]), findings);
  judge(quietly(() => NativeObject.prototype), findings);
  let told = quietly(() => NativeString(isThing(given) ? given.message ?? 'an object' : given)) ?? 'what cannot be shown';
  told = typeof told === 'string' ? apply(NativeString.prototype.slice, told, [0, 200]) : 'no text';
  return { ended, told, findings };
}`;

/** The source of a script whose `attack(code)` runs code and tells what came of it. */
export const witnessScript = (): string => WITNESS;
