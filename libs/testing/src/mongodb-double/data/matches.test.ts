import type { Document } from 'bson';
import { ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { normalizeDocument } from '../wire/bson.ts';
import { compileCollated } from './collation.ts';
import { compileFilter } from './matches.ts';

const ID = new ObjectId('5f0000000000000000000001');
const DOCUMENTS: Document[] = [
  { _id: 1, name: 'Ada', age: 36, tags: ['a', 'b'], address: { city: 'London', zip: null }, at: new Date(10) },
  { _id: 2, name: 'Bob', age: null, tags: [], at: new Date(20) },
  { _id: 3, name: 'cy', age: 50.5, tags: ['b', 7], list: [{ n: 1 }, { n: 2 }], owner: ID },
].map(normalizeDocument);
const idsOf = (filter: Document): number[] =>
  DOCUMENTS.filter(compileFilter(normalizeDocument(filter))).map(({ _id: id }) => id.value);

describe('a filter', () => {
  it.each<[Document, number[]]>([
    [{}, [1, 2, 3]],
    [{ name: 'Ada' }, [1]],
    [{ name: 'ada' }, []],
    [{ name: /^A/ }, [1]],
    [{ name: /^a/i }, [1]],
    [{ name: { $regex: 'O', $options: 'i' } }, [2]],
    [{ name: { $not: /^A/ } }, [2, 3]],
    [{ age: 36 }, [1]],
    [{ age: { $gt: 36 } }, [3]],
    [{ age: { $gte: 36, $lt: 50.5 } }, [1]],
    [{ age: { $lte: '36' } }, []],
    [{ age: null }, [2]],
    [{ missing: null }, [1, 2, 3]],
    [{ 'address.zip': null }, [1, 2, 3]],
    [{ age: { $ne: null } }, [1, 3]],
    [{ address: { $exists: true } }, [1]],
    [{ address: { $exists: false } }, [2, 3]],
    [{ 'address.city': 'London' }, [1]],
    [{ address: { city: 'London', zip: null } }, [1]],
    [{ address: { zip: null, city: 'London' } }, []],
    [{ tags: 'b' }, [1, 3]],
    [{ tags: ['a', 'b'] }, [1]],
    [{ tags: [] }, [2]],
    [{ tags: { $in: ['a', 7] } }, [1, 3]],
    [{ tags: { $nin: ['a', 7] } }, [2]],
    [{ tags: { $ne: 'b' } }, [2]],
    [{ 'tags.0': 'b' }, [3]],
    [{ 'list.n': 2 }, [3]],
    [{ 'list.1.n': 2 }, [3]],
    [{ name: { $in: [/^A/, 'cy'] } }, [1, 3]],
    [{ owner: ID }, [3]],
    [{ at: { $lt: new Date(15) } }, [1]],
    [{ $or: [{ name: 'Ada' }, { age: 50.5 }] }, [1, 3]],
    [{ $and: [{ tags: 'b' }, { age: { $gt: 40 } }] }, [3]],
    [{ $nor: [{ name: 'Ada' }, { name: 'Bob' }] }, [3]],
    [{ name: 'Ada', age: 50.5 }, []],
  ])('%j finds %j', (filter, ids) => {
    expect(idsOf(filter)).toEqual(ids);
  });

  it.each<[Document, number]>([
    [{ $or: [] }, 2],
    [{ $nonsense: 1 }, 2],
    [{ age: { $nonsense: 1 } }, 2],
    [{ age: { $in: 1 } }, 2],
    [{ name: { $regex: '(' } }, 51091],
    [{ $where: 'true' }, 238],
    [{ tags: { $elemMatch: { $eq: 'a' } } }, 238],
  ])('%j is refused with %i', (filter, code) => {
    expect(() => idsOf(filter)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a filter under a collation', () => {
  const ANY_CASE = { locale: 'en', strength: 2 };
  const idsIn = (filter: Document, collation: unknown) =>
    DOCUMENTS.filter(compileCollated(normalizeDocument(filter), collation)).map(({ _id: id }) => id.value);

  it.each<[Document, number[]]>([
    [{ name: 'ADA' }, [1]],
    [{ name: 'Cy', 'tags.0': 'B' }, [3]],
    [{ tags: 'B' }, [1, 3]],
    [{ name: 'Àda' }, []],
  ])('%j finds %j in any case', (filter, ids) => {
    expect(idsIn(filter, ANY_CASE)).toEqual(ids);
  });

  it.each<[Document, unknown]>([
    [{ name: 'ADA' }, { locale: 'en', strength: 1 }],
    [{ name: 'ADA' }, { locale: 'tr', strength: 2 }],
    [{ name: 'ADA' }, { ...ANY_CASE, caseLevel: true }],
    [{ name: { $gt: 'a' } }, ANY_CASE],
    [{ $or: [{ name: 'ADA' }] }, ANY_CASE],
    [{ _id: 'a' }, ANY_CASE],
  ])('%j under %j is refused', (filter, collation) => {
    expect(() => idsIn(filter, collation)).toThrow(expect.objectContaining({ code: 238 }));
  });
});
