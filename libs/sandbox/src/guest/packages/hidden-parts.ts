/**
 * Parts of packages to which none of their properties leads: what getters give, and classes that only instances have. A
 * package is asked for them when it is loaded, before a script can have changed what it answers.
 */
import { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } from '../primordials.ts';

// biome-ignore lint/suspicious/noExplicitAny: each package is something else.
type Package = any;

/** What the getters of an object give, without those that throw. */
function givenBy(object: object): unknown[] {
  const given: unknown[] = [];
  for (const key of ownKeys(object)) {
    const { get } = getOwnPropertyDescriptor(object, key) ?? {};
    try {
      if (get !== undefined) given.push(get.call(object));
    } catch {
      // There is nothing that a script could get either.
    }
  }
  return given;
}

const prototypesOf = (...instances: readonly unknown[]): unknown[] =>
  instances.map((instance) => getPrototypeOf(instance as object) as unknown);

function ofLodash(lodash: Package): unknown[] {
  const wrapped = lodash([]);
  return prototypesOf(wrapped, wrapped.map((item: unknown) => item).__wrapped__);
}

/** Nothing is connected to: a client connects when it is told to. */
function ofMongodb({ MongoClient }: Package): unknown[] {
  const client = new MongoClient('mongodb://127.0.0.1');
  const { namespace } = client.db('x').collection('y').s;
  return prototypesOf(client.options, ...client.options.hosts, client.s, namespace);
}

const PARTS: Readonly<Record<string, (module: Package) => unknown[]>> = {
  // Its methods are there by getters.
  axios: ({ AxiosHeaders }) => givenBy(AxiosHeaders.prototype),
  lodash: ofLodash,
  'lodash/fp': ofLodash,
  mongodb: ofMongodb,
  'mongodb@7': ofMongodb,
};

export function hiddenParts(name: string, module: unknown): unknown[] {
  return [...givenBy(module as object), ...(PARTS[name]?.(module) ?? [])];
}
