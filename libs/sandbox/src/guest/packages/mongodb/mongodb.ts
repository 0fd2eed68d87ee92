/**
 * `mongodb` as scripts get it: driver 6, unmodified, with what scripts for driver 3.6 need laid on top. For a script of
 * today nothing changes: the additions are methods that driver 6 lacks, callbacks where it takes none, and fields that
 * do not show.
 */
import { giveCallbacks } from './callbacks.ts';
import { callable, withOldOptions } from './old-classes.ts';
import { giveOldHandles } from './old-handles.ts';
import { giveOldMethods } from './old-methods.ts';
import { giveOldFinds, giveOldResults } from './old-results.ts';

declare function require(path: string): unknown;

type Driver = Record<string, unknown>;
type Constructor = (new (...args: never[]) => object) & { readonly prototype: object };

const driver = require('mongodb') as Driver;
const classOf = (name: string): Constructor => driver[name] as Constructor;
const prototypeOf = (name: string): object => classOf(name).prototype;

const WITH_CALLBACKS = [
  'Admin',
  'AbstractCursor',
  'AggregationCursor',
  'ChangeStream',
  'ClientSession',
  'Collection',
  'Db',
  'FindCursor',
  'GridFSBucket',
  'GridFSBucketWriteStream',
  'MongoClient',
];
/** Values of BSON that could be made without `new`. */
const CALLABLE = ['Binary', 'Code', 'DBRef', 'Decimal128', 'Double', 'Int32', 'Long', 'MaxKey', 'MinKey', 'ObjectId'];

function lay(): void {
  const collection = prototypeOf('Collection');
  giveOldResults(collection);
  giveOldHandles(prototypeOf('MongoClient'), prototypeOf('Db'), [
    prototypeOf('AbstractCursor'),
    prototypeOf('FindCursor'),
  ]);
  for (const name of WITH_CALLBACKS) giveCallbacks(prototypeOf(name));
  giveCallbacks(Object.getPrototypeOf(prototypeOf('OrderedBulkOperation')) as object);
  giveCallbacks(classOf('MongoClient'));
  giveOldMethods(collection);
  giveOldFinds(collection);
}

function makeExports(): Driver {
  const all: Driver = { ...driver };
  for (const name of CALLABLE) all[name] = callable(classOf(name));
  const MongoClient = withOldOptions(classOf('MongoClient')) as unknown as { connect: (...args: unknown[]) => unknown };
  Object.assign(all, { MongoClient, ObjectID: all.ObjectId, connect: MongoClient.connect.bind(MongoClient) });
  return Object.defineProperty(all, '__esModule', { value: true });
}

lay();
export const mongodb = makeExports();
