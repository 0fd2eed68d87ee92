import { failure } from './failure.ts';
import { parseExpression } from './parse-expression.ts';
import { parseItem, parseSelect, parseWhere } from './parse-select.ts';
import { createParser, type Parser } from './parser.ts';
import type { SelectItem, Statement } from './statement.ts';

/**
 * Reads a batch of the statements that the double executes. Throws error 102 where it does not understand: that is the
 * limit of a double, and a test that needs more answers by its own handler.
 */
export const parseBatch = (sql: string): Statement[] => {
  const parser = createParser(sql);
  const statements: Statement[] = [];
  for (;;) {
    while (parser.acceptSymbol(';'));
    if (parser.peek().kind === 'end') return statements;
    statements.push(parseStatement(parser));
  }
};

const parseStatement = (parser: Parser): Statement => {
  const start = parser.peek();
  const read = READERS[start.text.toLowerCase()];
  if (start.kind !== 'word' || read === undefined) {
    throw failure(102, `Incorrect syntax near '${start.text}': the SQL Server double does not know this statement.`);
  }
  parser.next();
  return read(parser);
};

const parseInsert = (parser: Parser): Statement => {
  parser.accept('into');
  const table = parser.qualifiedName();
  parser.expectSymbol('(');
  const columns = parser.list(() => parser.identifier());
  parser.expectSymbol(')');
  const output = parseOutput(parser);
  parser.expect('values');
  const rows = parser.list(() => {
    parser.expectSymbol('(');
    const row = parser.list(() => parseExpression(parser));
    parser.expectSymbol(')');
    if (row.length !== columns.length) throw failure(110, COUNTS_DIFFER, { class: 15 });
    return row;
  });
  return { kind: 'insert', table, columns, output, rows };
};

const COUNTS_DIFFER =
  'There are fewer columns in the INSERT statement than values specified in the VALUES clause, or more.';

const parseOutput = (parser: Parser): SelectItem[] =>
  parser.accept('output') ? parser.list(() => parseItem(parser)) : [];

// What an UPDATE replaced is not kept, so it cannot be put out.
const parseUpdateOutput = (parser: Parser): SelectItem[] => {
  if (parser.sees('output') && parser.peek(1).text.toLowerCase() === 'deleted') throw parser.fails();
  return parseOutput(parser);
};

const parseUpdate = (parser: Parser): Statement => {
  const table = parser.qualifiedName();
  parser.expect('set');
  const set = parser.list(() => {
    const column = parser.qualifiedName();
    parser.expectSymbol('=');
    return { column, value: parseExpression(parser) };
  });
  return { kind: 'update', table, set, output: parseUpdateOutput(parser), where: parseWhere(parser) };
};

const parseDelete = (parser: Parser): Statement => {
  parser.accept('from');
  const table = parser.qualifiedName();
  return { kind: 'delete', table, output: parseOutput(parser), where: parseWhere(parser) };
};

const parseCreate = (parser: Parser): Statement => {
  parser.expect('table');
  const table = parser.qualifiedName();
  parser.expectSymbol('(');
  const columns = parser.list(() => ({ name: parser.identifier(), declaration: parseDeclaration(parser) }));
  parser.expectSymbol(')');
  return { kind: 'create', table, columns };
};

const parseDeclaration = (parser: Parser): string => {
  const parts: string[] = [];
  let depth = 0;
  for (;;) {
    const { kind, text } = parser.peek();
    if (kind === 'end') throw parser.fails();
    if (depth === 0 && kind === 'symbol' && (text === ',' || text === ')')) return parts.join(' ');
    if (kind === 'symbol' && text === '(') depth += 1;
    if (kind === 'symbol' && text === ')') depth -= 1;
    parts.push(kind === 'text' || kind === 'national' ? `'${text.replaceAll("'", "''")}'` : text);
    parser.next();
  }
};

const parseDrop = (parser: Parser): Statement => {
  parser.expect('table');
  const ifExists = parser.accept('if', 'exists');
  return { kind: 'drop', table: parser.qualifiedName(), ifExists };
};

const parseSet = (parser: Parser): Statement => {
  const option = parser.identifier().toLowerCase();
  const words: string[] = [];
  while (!parser.seesSymbol(';') && parser.peek().kind !== 'end' && !startsStatement(parser))
    words.push(parser.next().text);
  return { kind: 'set', option, value: words.join(' ').toLowerCase() };
};

const startsStatement = (parser: Parser): boolean =>
  parser.peek().kind === 'word' && READERS[parser.peek().text.toLowerCase()] !== undefined;

const transaction =
  (change: 'begin' | 'commit' | 'rollback') =>
  (parser: Parser): Statement => {
    const hasWord = parser.accept('tran') || parser.accept('transaction');
    if (change === 'begin' && !hasWord) throw parser.fails();
    return { kind: 'transaction', change };
  };

const parseThrow = (parser: Parser): Statement => {
  const number = parseExpression(parser);
  parser.expectSymbol(',');
  const message = parseExpression(parser);
  parser.expectSymbol(',');
  return { kind: 'throw', number, message, state: parseExpression(parser) };
};

const parseWait = (parser: Parser): Statement => {
  parser.expect('delay');
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(parser.next().text) ?? [];
  if (hours === undefined) throw parser.fails();
  return { kind: 'wait', delayMs: ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 };
};

const READERS: Readonly<Record<string, (parser: Parser) => Statement>> = {
  select: parseSelect,
  insert: parseInsert,
  update: parseUpdate,
  delete: parseDelete,
  create: parseCreate,
  drop: parseDrop,
  set: parseSet,
  begin: transaction('begin'),
  commit: transaction('commit'),
  rollback: transaction('rollback'),
  print: (parser) => ({ kind: 'print', message: parseExpression(parser) }),
  throw: parseThrow,
  waitfor: parseWait,
};
