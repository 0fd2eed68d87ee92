/** What clients, databases and cursors could do in driver 3.6 and cannot in driver 6. */
import { answer, splitCallback } from './callbacks.ts';
import { addMethods, type Method, replaceMethod } from './patch.ts';

type Topology = { readonly isConnected: () => boolean };
type Cursor = { readonly next: () => Promise<unknown>; readonly close: () => Promise<void> };
type Callback = (error: unknown, document?: unknown) => unknown;

const CLIENT: Readonly<Record<string, Method>> = {
  isConnected() {
    const { topology } = this as { topology?: Topology };
    return topology?.isConnected() === true;
  },
  logout(...args) {
    const [, callback] = splitCallback(args);
    return callback === undefined ? Promise.resolve(true) : answer(Promise.resolve(true), callback);
  },
};

/** Calls back with every document and with null at the end; `false` as an answer stops it. */
async function each(cursor: Cursor, callback: Callback): Promise<void> {
  try {
    for (let document = await cursor.next(); document !== null; document = await cursor.next()) {
      if (callback(null, document) === false) return await cursor.close();
    }
  } catch (error) {
    callback(error);
    return;
  }
  callback(null, null);
}

const CURSOR: Readonly<Record<string, Method>> = {
  each(callback) {
    void each(this as Cursor, callback as Callback);
  },
  isClosed() {
    return (this as { closed: boolean }).closed;
  },
  setReadPreference(preference) {
    return (this as { withReadPreference: Method }).withReadPreference(preference);
  },
};

/** `collection(name, options, callback)` gave the collection both ways. */
const callingBack = (original: Method): Method =>
  function (...args) {
    const [rest, callback] = splitCallback(args);
    const collection = original.apply(this, rest);
    if (callback !== undefined) process.nextTick(callback, null, collection);
    return collection;
  };

/** `count(applySkipLimit, options)`: today there are the options alone. */
const countingWithFlag = (original: Method) =>
  async function (this: object, ...args: unknown[]): Promise<unknown> {
    if (typeof args[0] !== 'boolean') return original.apply(this, args);
    const [applies, options] = args as [boolean, object | undefined];
    return original.call(this, { ...(applies ? {} : { skip: undefined, limit: undefined }), ...options });
  };

/** For the prototypes, before callbacks are given to them. */
export function giveOldHandles(client: object, db: object, cursors: readonly object[]): void {
  addMethods(client, CLIENT);
  replaceMethod(db, 'collection', callingBack);
  for (const cursor of cursors) {
    addMethods(cursor, CURSOR);
    replaceMethod(cursor, 'count', countingWithFlag);
  }
}
