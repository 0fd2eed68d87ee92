import { parseCondition, parseExpression } from './parse-expression.ts';
import type { Parser } from './parser.ts';
import type { Condition, Select, SelectItem, Source } from './statement.ts';

const AFTER_SOURCE = ['where', 'order', 'offset', 'set', 'output', 'values'];

/** Reads a SELECT from after its first word. */
export const parseSelect = (parser: Parser): Select => {
  const top = parser.accept('top') ? parseTop(parser) : undefined;
  const items = parser.list(() => parseItem(parser));
  const source = parser.accept('from') ? parseSource(parser) : undefined;
  const where = parseWhere(parser);
  const orderBy = parser.accept('order', 'by') ? parser.list(() => parseOrder(parser)) : [];
  const offset = parser.accept('offset') ? parseCount(parser) : undefined;
  const fetch = offset !== undefined && parser.accept('fetch') ? parseFetch(parser) : undefined;
  return { kind: 'select', items, top, source, where, orderBy, offset, fetch };
};

const parseTop = (parser: Parser) => {
  const inParentheses = parser.acceptSymbol('(');
  const count = parseExpression(parser);
  if (inParentheses) parser.expectSymbol(')');
  return count;
};

const parseCount = (parser: Parser) => {
  const count = parseExpression(parser);
  if (!parser.accept('rows')) parser.expect('row');
  return count;
};

const parseFetch = (parser: Parser) => {
  if (!parser.accept('next')) parser.expect('first');
  const count = parseCount(parser);
  parser.expect('only');
  return count;
};

const parseOrder = (parser: Parser): Select['orderBy'][number] => {
  const expression = parseExpression(parser);
  const descending = parser.accept('desc');
  if (!descending) parser.accept('asc');
  return { expression, descending };
};

/** Reads one column of a SELECT or an OUTPUT: `*`, or a value with or without a name of its own. */
export const parseItem = (parser: Parser): SelectItem => {
  if (parser.acceptSymbol('*')) return 'all';
  if (parser.peek(1).text === '.' && parser.peek(2).text === '*') {
    for (let skipped = 0; skipped < 3; skipped += 1) parser.next();
    return 'all';
  }
  const expression = parseExpression(parser);
  const hasAs = parser.accept('as');
  const named = hasAs || parser.peek().kind === 'name' || isAlias(parser, ['from', 'into', 'values', ...AFTER_SOURCE]);
  const own = expression.kind === 'column' ? expression.name : '';
  return { expression, name: named ? parser.identifier() : own };
};

const STATEMENTS = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', 'print', 'throw', 'waitfor'];

const isAlias = (parser: Parser, keywords: readonly string[]): boolean =>
  parser.peek().kind === 'word' && ![...keywords, ...STATEMENTS].includes(parser.peek().text.toLowerCase());

const parseSource = (parser: Parser): Source => {
  const name = parser.qualifiedName();
  const source = parser.acceptSymbol('(') ? parseSeries(parser) : { table: name };
  if (parser.accept('as')) parser.identifier();
  else if (parser.peek().kind === 'name' || isAlias(parser, AFTER_SOURCE)) parser.identifier();
  return source;
};

// GENERATE_SERIES(first, last) is the only function that yields rows.
const parseSeries = (parser: Parser): Source => {
  const from = parseExpression(parser);
  parser.expectSymbol(',');
  const to = parseExpression(parser);
  parser.expectSymbol(')');
  return { from, to };
};

/** Reads a WHERE if there is one. */
export const parseWhere = (parser: Parser): Condition | undefined =>
  parser.accept('where') ? parseCondition(parser) : undefined;
