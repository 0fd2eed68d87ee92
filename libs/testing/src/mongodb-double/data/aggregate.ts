import { type Document, Int32 } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { compileFilter } from './matches.ts';
import { addNumbers, type BsonNumber, isNumber, readCount } from './numbers.ts';
import { setField, valueAt } from './paths.ts';
import { type Computed, compileProjection } from './project.ts';
import { compileSort } from './sort.ts';
import { isDocument, keyOf } from './values.ts';

type Stage = (documents: Document[]) => Document[];

/**
 * A pipeline as a function: $collStats (its count), $match, $group (with $sum), $count, $skip, $limit, $sort, $project. Throws the server's
 * error for another stage.
 */
export const compilePipeline = (pipeline: unknown): Stage => {
  if (!Array.isArray(pipeline)) throw failure(14, "'pipeline' option must be specified as an array");
  const stages = pipeline.map(compileStage);
  return (documents) => stages.reduce((current, stage) => stage(current), documents);
};

const compileStage = (stage: unknown): Stage => {
  const [name, ...others] = isDocument(stage) ? Object.keys(stage) : [];
  if (name === undefined || others.length > 0 || !isDocument(stage)) {
    throw failure(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  if (NOT_HERE.has(name)) throw notInDouble(name);
  const compile = STAGES[name];
  if (compile === undefined) throw failure(40324, `Unrecognized pipeline stage name: '${name}'`);
  return compile(stage[name]);
};

const NOT_HERE = new Set([
  '$lookup',
  '$unwind',
  '$addFields',
  '$set',
  '$unset',
  '$facet',
  '$replaceRoot',
  '$out',
  '$merge',
]);

const readDocumentOf = (value: unknown, stage: string): Document => {
  if (isDocument(value)) return value;
  throw failure(15959, `the ${stage} stage specification must be an object`);
};

const readLimit = (value: unknown, stage: string, least: number): number => {
  const count = readCount(value);
  if (count === undefined || count < least) throw failure(15958, `invalid argument to ${stage} stage`);
  return count;
};

const compileCount = (name: unknown): Stage => {
  if (typeof name !== 'string' || name === '') throw failure(40156, 'the count field must be a non-empty string');
  return (documents) => (documents.length > 0 ? [{ [name]: new Int32(documents.length) }] : []);
};

/** Drivers of some years count a collection by it. */
const compileStatistics = (value: unknown): Stage => {
  const others = Object.keys(readDocumentOf(value, '$collStats')).filter((name) => name !== 'count');
  if (others.length > 0) throw notInDouble(`${others} in $collStats`);
  return (documents) => [{ count: new Int32(documents.length) }];
};

const STAGES: Readonly<Record<string, (value: unknown) => Stage>> = {
  $collStats: compileStatistics,
  $match: (value) => {
    const matches = compileFilter(readDocumentOf(value, '$match'));
    return (documents) => documents.filter(matches);
  },
  $group: (value) => compileGroup(readDocumentOf(value, '$group')),
  $count: compileCount,
  $skip: (value) => (documents) => documents.slice(readLimit(value, '$skip', 0)),
  $limit: (value) => (documents) => documents.slice(0, readLimit(value, '$limit', 1)),
  $sort: (value) => {
    const order = compileSort(readDocumentOf(value, '$sort'));
    return (documents) => documents.toSorted(order);
  },
  $project: (value) => {
    const project = compileProjection(readDocumentOf(value, '$project'), compileExpression);
    return (documents) => documents.map(project);
  },
};

/** `'$path'`, `{$literal: …}`, a document of such, or a constant. */
const compileExpression = (expression: unknown): Computed => {
  if (typeof expression === 'string' && expression.startsWith('$$')) throw notInDouble(expression);
  if (typeof expression === 'string' && expression.startsWith('$')) {
    const path = expression.slice(1).split('.');
    return (document) => valueAt(document, path);
  }
  if (!isDocument(expression)) return () => expression;
  const [name] = Object.keys(expression);
  if (name === '$literal') return () => expression.$literal;
  if (name?.startsWith('$')) throw notInDouble(`expression ${name}`);
  const fields = Object.entries(expression).map(([field, inner]) => [field, compileExpression(inner)] as const);
  return (document) => {
    const result: Document = {};
    for (const [field, inner] of fields) {
      const value = inner(document);
      if (value !== undefined) setField(result, field, value);
    }
    return result;
  };
};

const compileGroup = ({ _id: id, ...sums }: Document): Stage => {
  if (id === undefined) throw failure(15955, 'a group specification must include an _id');
  const keyed = compileExpression(id);
  const accumulators = Object.entries(sums).map(([name, value]) => [name, compileSum(value)] as const);
  return (documents) => {
    const groups = Map.groupBy(documents, (document) => keyOf(keyed(document)));
    return [...groups.values()].map((members) => {
      const group: Document = { _id: members[0] === undefined ? null : (keyed(members[0]) ?? null) };
      for (const [name, sum] of accumulators) setField(group, name, sum(members));
      return group;
    });
  };
};

const compileSum = (value: unknown): ((documents: Document[]) => BsonNumber) => {
  const [operator] = isDocument(value) ? Object.keys(value) : [];
  if (operator === undefined || !isDocument(value)) throw failure(40234, 'The field must be an accumulator object');
  if (operator !== '$sum') throw notInDouble(`accumulator ${operator}`);
  const add = compileExpression(value.$sum);
  return (documents) => documents.map(add).filter(isNumber).reduce<BsonNumber>(addNumbers, new Int32(0));
};
