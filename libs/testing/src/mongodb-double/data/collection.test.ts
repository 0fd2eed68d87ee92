import { Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { normalizeDocument } from '../wire/bson.ts';
import { addIndex, createCollection, insertDocument, removeDocument, replaceDocument } from './collection.ts';
import { createCursors } from './cursors.ts';

const insert = (collection: ReturnType<typeof createCollection>, document: object) =>
  insertDocument(collection, normalizeDocument(document));

describe('a unique index', () => {
  const withIndex = (specification: object = {}) => {
    const collection = createCollection('d.c');
    addIndex(
      collection,
      normalizeDocument({ v: 2, key: { email: 1 }, name: 'email_1', unique: true, ...specification }),
    );
    return collection;
  };
  const duplicate = (text: string) => expect.objectContaining({ code: 11000, message: expect.stringContaining(text) });

  it('refuses a value that it has, also a missing one', () => {
    const collection = withIndex();
    insert(collection, { _id: 1, email: 'a' });
    expect(() => insert(collection, { _id: 2, email: 'a' })).toThrow(duplicate('dup key: { email: "a" }'));
    insert(collection, { _id: 3 });
    expect(() => insert(collection, { _id: 4 })).toThrow(duplicate('dup key: { email: null }'));
    expect(() => insert(collection, { _id: 1.0, email: 'b' })).toThrow(duplicate('index: _id_ dup key: { _id: 1 }'));
  });

  it('that is sparse or partial leaves out what it does not cover', () => {
    const sparse = withIndex({ sparse: true });
    insert(sparse, { _id: 1 });
    insert(sparse, { _id: 2 });
    const partial = withIndex({ partialFilterExpression: { live: true } });
    insert(partial, { _id: 1, email: 'a', live: false });
    insert(partial, { _id: 2, email: 'a', live: true });
    expect(() => insert(partial, { _id: 3, email: 'a', live: true })).toThrow(duplicate('email_1'));
  });

  it('counts each element of a list', () => {
    const collection = withIndex();
    insert(collection, { _id: 1, email: ['a', 'b'] });
    expect(() => insert(collection, { _id: 2, email: 'b' })).toThrow(duplicate('email_1'));
  });

  it('forgets what is replaced or removed, and keeps it where that fails', () => {
    const collection = withIndex();
    const [one, two] = [insert(collection, { _id: 1, email: 'a' }), insert(collection, { _id: 2, email: 'b' })];
    expect(() => replaceDocument(collection, two, normalizeDocument({ _id: 2, email: 'a' }))).toThrow(
      duplicate('email'),
    );
    expect(() => insert(collection, { _id: 3, email: 'b' })).toThrow(duplicate('email'));
    removeDocument(collection, one);
    replaceDocument(collection, two, normalizeDocument({ _id: 2, email: 'a' }));
    insert(collection, { _id: 3, email: 'b' });
    expect([...collection.documents.values()].map(({ email }) => email)).toEqual(['a', 'b']);
  });

  it('is not made over values that are there twice', () => {
    const collection = createCollection('d.c');
    insert(collection, { _id: 1, email: 'a' });
    insert(collection, { _id: 2, email: 'a' });
    const index = normalizeDocument({ key: { email: 1 }, name: 'email_1', unique: true });
    expect(() => addIndex(collection, index)).toThrow(duplicate('email_1'));
    expect(collection.indexes).toHaveLength(1);
  });
});

describe('cursors', () => {
  const documents = Array.from({ length: 250 }, (_, n) => ({ n }));
  const start = { namespace: 'd.c', documents, batchSize: undefined };

  it('give 101 documents first, then the rest', () => {
    const cursors = createCursors();
    const { firstBatch, id } = cursors.open(start);
    expect([firstBatch.length, cursors.count()]).toEqual([101, 1]);
    const { nextBatch, id: next } = cursors.next(id, 'd.c', undefined);
    expect([nextBatch.length, next.isZero(), cursors.count()]).toEqual([149, true, 0]);
  });

  it('are over at once where everything fits, one batch is wanted, or the limit is reached', () => {
    const cursors = createCursors();
    expect(cursors.open({ ...start, batchSize: 251 }).id).toEqual(Long.ZERO);
    expect(cursors.open({ ...start, batchSize: 10, singleBatch: true }).id).toEqual(Long.ZERO);
    expect(cursors.open({ ...start, batchSize: 250, isLimited: true }).id).toEqual(Long.ZERO);
    expect(cursors.open({ ...start, batchSize: 250 }).id.isZero()).toBe(false);
  });

  it('end a batch before 16 MiB', () => {
    const text = 'x'.repeat(1024 * 1024);
    const large = Array.from({ length: 40 }, () => ({ text }));
    const { firstBatch } = createCursors().open({ ...start, documents: large, batchSize: 1000 });
    expect(firstBatch).toHaveLength(15);
  });

  it('that are not there, killed or another collection’s are refused', () => {
    const cursors = createCursors();
    const { id } = cursors.open(start);
    expect(() => cursors.next(id, 'd.other', 1)).toThrow(expect.objectContaining({ code: 13 }));
    expect(cursors.kill([id, Long.ONE])).toEqual({ killed: [id], unknown: [Long.ONE] });
    expect(() => cursors.next(id, 'd.c', 1)).toThrow(expect.objectContaining({ code: 43 }));
  });
});
