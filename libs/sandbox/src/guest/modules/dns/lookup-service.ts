/** `dns.lookupService`: the names of an address and a port. */
import { isIP } from '../net/ip.ts';
import { invalidArgValue, nodeError, received, validateFunction } from '../node-errors.ts';
import { createQuestions } from './questions.ts';
import { type Callback, settle } from './resolver.ts';

type Service = { readonly hostname: string; readonly service: string };

const questions = createQuestions();

function missing(names: string): Error {
  return nodeError(TypeError, 'ERR_MISSING_ARGS', `The ${names} arguments must be specified`);
}

function portOf(given: unknown): number {
  const isNumeric = typeof given === 'number' || (typeof given === 'string' && given.trim() !== '');
  const port = isNumeric ? Number(given) : Number.NaN;
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw nodeError(RangeError, 'ERR_SOCKET_BAD_PORT', `Port should be >= 0 and < 65536. ${received(given)}.`);
}

async function serviceOf(address: string, port: number): Promise<Service> {
  const [found] = (await questions.ask(address, 'service', { port })) as [Service];
  return found;
}

function checked(address: unknown, port: unknown): [string, number] {
  if (isIP(address) === 0) throw invalidArgValue('address', address);
  return [address as string, portOf(port)];
}

export function lookupService(...args: unknown[]): void {
  const [address, port, callback] = args;
  if (args.length !== 3) throw missing('"address", "port", and "callback"');
  const question = checked(address, port);
  validateFunction(callback, 'callback');
  settle(
    serviceOf(...question).then(({ hostname, service }) => [hostname, service]),
    callback as Callback,
  );
}

/** The form of `dns.promises`; what Node refuses is thrown at once. */
export function lookupServicePromise(...args: unknown[]): Promise<Service> {
  if (args.length !== 2) throw missing('"address" and "port"');
  return serviceOf(...checked(args[0], args[1]));
}
