import type { Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { normalizeDocument, promoteDocument } from '../wire/bson.ts';
import { compilePipeline } from './aggregate.ts';
import { compileProjection } from './project.ts';
import { compileSort } from './sort.ts';
import { compileUpdate, equalitiesOf } from './update.ts';

const updated = (document: Document, update: Document, isInsert = false): Document =>
  promoteDocument(compileUpdate(normalizeDocument(update))(normalizeDocument(document), isInsert));

describe('an update', () => {
  const START = { _id: 1, n: 1, list: ['a'], deep: { x: 1 } };
  it.each<[Document, Document]>([
    [{ $set: { n: 2 } }, { ...START, n: 2 }],
    [{ $set: { 'deep.y': 2 } }, { ...START, deep: { x: 1, y: 2 } }],
    [{ $set: { 'new.deep': 2 } }, { ...START, new: { deep: 2 } }],
    [{ $set: { 'list.2': 'c' } }, { ...START, list: ['a', null, 'c'] }],
    [{ $unset: { n: '' } }, { _id: 1, list: ['a'], deep: { x: 1 } }],
    [{ $unset: { 'deep.x': '', gone: '' } }, { ...START, deep: {} }],
    [{ $inc: { n: 5, m: 2.5 } }, { ...START, n: 6, m: 2.5 }],
    [{ $push: { list: 'b' } }, { ...START, list: ['a', 'b'] }],
    [{ $push: { list: { $each: ['b', 'c'] } } }, { ...START, list: ['a', 'b', 'c'] }],
    [{ $setOnInsert: { n: 9 } }, START],
    [{ other: true }, { _id: 1, other: true }],
  ])('%j', (update, expected) => {
    expect(updated(START, update)).toEqual(expected);
  });

  it('that inserts sets what is for inserts alone', () => {
    expect(updated({ _id: 1 }, { $setOnInsert: { n: 9 }, $set: { m: 1 } }, true)).toEqual({ _id: 1, n: 9, m: 1 });
  });

  it('leaves the document as it was, and changes a copy', () => {
    const document = normalizeDocument(START);
    compileUpdate(normalizeDocument({ $set: { 'deep.x': 5 }, $push: { list: 'z' } }))(document, false);
    expect(promoteDocument(document)).toEqual(START);
  });

  it.each<[Document, number]>([
    [{ $set: { _id: 2 } }, 66],
    [{ _id: 2, n: 1 }, 66],
    [{ $set: { n: 1 }, $inc: { n: 1 } }, 40],
    [{ $set: { deep: 1, 'deep.x': 1 } }, 40],
    [{ $inc: { list: 1 } }, 14],
    [{ $inc: { n: 'x' } }, 14],
    [{ $push: { n: 1 } }, 2],
    [{ $set: { 'n.x': 1 } }, 28],
    [{ $nonsense: { n: 1 } }, 9],
    [{ $rename: { n: 'm' } }, 238],
  ])('%j is refused with %i', (update, code) => {
    expect(() => updated(START, update)).toThrow(expect.objectContaining({ code }));
  });

  it('takes equalities of its filter where it inserts', () => {
    const filter = { a: 'x', 'b.c': 'y', d: { $gt: 1 }, e: { $eq: 'z' }, $and: [{ f: 'q' }], g: /x/ };
    expect(equalitiesOf(normalizeDocument(filter))).toEqual({ a: 'x', b: { c: 'y' }, e: 'z', f: 'q' });
  });
});

describe('a projection', () => {
  const START = { _id: 1, a: 'x', b: { c: 'y', d: 'z' }, list: [{ e: 'p', f: 'q' }, 'plain'] };
  it.each<[Document, Document]>([
    [{ a: 1 }, { _id: 1, a: 'x' }],
    [{ a: 1, _id: 0 }, { a: 'x' }],
    [
      { a: 0, b: false },
      { _id: 1, list: START.list },
    ],
    [{ _id: 0 }, { a: START.a, b: START.b, list: START.list }],
    [{ 'b.c': 1 }, { _id: 1, b: { c: 'y' } }],
    [{ b: { c: 1 } }, { _id: 1, b: { c: 'y' } }],
    [{ 'list.e': 1, _id: 0 }, { list: [{ e: 'p' }] }],
    [
      { 'list.e': 0, b: 0 },
      { _id: 1, a: 'x', list: [{ f: 'q' }, 'plain'] },
    ],
  ])('%j', (specification, expected) => {
    expect(promoteDocument(compileProjection(normalizeDocument(specification))(normalizeDocument(START)))).toEqual(
      expected,
    );
  });

  it('may not both keep and leave out', () => {
    const mixed = normalizeDocument({ a: 1, b: 0 });
    expect(() => compileProjection(mixed)).toThrow(expect.objectContaining({ code: 31254 }));
  });
});

describe('an order', () => {
  const sorted = (values: unknown[], direction: 1 | -1): unknown[] =>
    values
      .map((v) => normalizeDocument({ v }))
      .toSorted(compileSort(normalizeDocument({ v: direction })))
      .map((document) => promoteDocument(document).v);

  it('is by kind, then by value; of a list its least counts, or its greatest', () => {
    expect(sorted(['b', 2, null, true, 'a', 1.5, new Date(1)], 1)).toEqual([null, 1.5, 2, 'a', 'b', true, new Date(1)]);
    expect(sorted([[5, 1], 2, 3], 1)).toEqual([[5, 1], 2, 3]);
    expect(sorted([[5, 1], 2, 3], -1)).toEqual([[5, 1], 3, 2]);
  });
});

describe('a pipeline', () => {
  const DOCUMENTS = [
    { _id: 1, city: 'London', n: 1 },
    { _id: 2, city: 'Paris', n: 2 },
    { _id: 3, city: 'London', n: 3 },
  ].map(normalizeDocument);
  const run = (stages: Document[]): Document[] =>
    compilePipeline(stages.map(normalizeDocument))([...DOCUMENTS]).map(promoteDocument);

  it.each<[Document[], Document[]]>([
    [[{ $match: { city: 'London' } }, { $count: 'how' }], [{ how: 2 }]],
    [[{ $sort: { n: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { n: 1 } }], [{ _id: 2, n: 2 }]],
    [
      [{ $group: { _id: '$city', sum: { $sum: '$n' }, all: { $sum: 1 } } }],
      [
        { _id: 'London', sum: 4, all: 2 },
        { _id: 'Paris', sum: 2, all: 1 },
      ],
    ],
    [
      [{ $match: { n: 2 } }, { $project: { _id: 0, at: '$city', fixed: { $literal: 1 } } }],
      [{ at: 'Paris', fixed: 1 }],
    ],
    [[{ $match: { n: 99 } }, { $count: 'how' }], []],
  ])('%j', (stages, expected) => {
    expect(run(stages)).toEqual(expected);
  });

  it.each<[Document[], number]>([
    [[{ $nonsense: 1 }], 40324],
    [[{ $lookup: {} }], 238],
    [[{}], 40323],
    [[{ $group: { n: { $sum: 1 } } }], 15955],
  ])('%j is refused with %i', (stages, code) => {
    expect(() => run(stages)).toThrow(expect.objectContaining({ code }));
  });
});
