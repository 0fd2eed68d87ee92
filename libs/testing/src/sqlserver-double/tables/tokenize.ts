import { failure } from './failure.ts';

/** A piece of T-SQL. `word` may be a keyword, `name` is a quoted identifier; parameters are without their @. */
export type SqlToken = {
  kind: 'word' | 'name' | 'parameter' | 'global' | 'number' | 'text' | 'national' | 'symbol' | 'end';
  text: string;
};

const PATTERNS: readonly [SqlToken['kind'] | 'blank', RegExp][] = [
  ['blank', /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  ['national', /[nN]'((?:[^']|'')*)'/y],
  ['text', /'((?:[^']|'')*)'/y],
  ['name', /\[((?:[^\]]|\]\])*)\]/y],
  ['name', /"((?:[^"]|"")*)"/y],
  ['global', /@@(\w+)/y],
  ['parameter', /@([\w#$]+)/y],
  ['number', /(\d+(?:\.\d*)?)/y],
  ['word', /([\p{L}_#][\p{L}\p{N}_#$]*)/uy],
  ['symbol', /(<>|<=|>=|!=|[-(),.;=<>*+])/y],
];

const QUOTES: Partial<Record<SqlToken['kind'], string>> = { national: "'", text: "'", name: '"' };

/** Cuts T-SQL into tokens, an `end` last. Throws error 102 at a character that the double does not know. */
export const tokenize = (sql: string): SqlToken[] => {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const found = nextToken(sql, at);
    if (found === undefined) throw failure(102, `Incorrect syntax near '${sql.charAt(at)}'.`, { class: 15 });
    at = found.end;
    if (found.token) tokens.push(found.token);
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
};

const nextToken = (sql: string, at: number): { token?: SqlToken; end: number } | undefined => {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(sql);
    if (match === null) continue;
    if (kind === 'blank') return { end: pattern.lastIndex };
    return { token: { kind, text: unquote(kind, match[1] ?? '', sql.charAt(at)) }, end: pattern.lastIndex };
  }
  return undefined;
};

const unquote = (kind: SqlToken['kind'], text: string, opening: string): string => {
  if (opening === '[') return text.replaceAll(']]', ']');
  const quote = QUOTES[kind];
  return quote === undefined ? text : text.replaceAll(quote + quote, quote);
};
