import type { Parser } from './parser.ts';
import type { Condition, Expression } from './statement.ts';

const COMPARISONS = new Map<string, '=' | '<>' | '<' | '>' | '<=' | '>='>([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['>', '>'],
  ['<=', '<='],
  ['>=', '>='],
]);

/** Reads a value: a column, a parameter, a literal or a function's call. */
export const parseExpression = (parser: Parser): Expression => {
  const token = parser.peek();
  if (token.kind === 'parameter') return { kind: 'parameter', name: parser.next().text };
  if (token.kind === 'global')
    return { kind: 'call', name: `@@${parser.next().text.toLowerCase()}`, argument: undefined };
  if (token.kind === 'national' || token.kind === 'text') return textLiteral(parser);
  if (token.kind === 'number' || parser.seesSymbol('-')) return numberLiteral(parser);
  if (parser.accept('null')) return { kind: 'literal', value: null, type: 'int' };
  const name = parser.qualifiedName();
  if (!parser.acceptSymbol('(')) return { kind: 'column', name };
  if (parser.acceptSymbol(')')) return { kind: 'call', name: name.toLowerCase(), argument: undefined };
  const argument = parser.acceptSymbol('*') ? undefined : parseExpression(parser);
  parser.expectSymbol(')');
  return { kind: 'call', name: name.toLowerCase(), argument };
};

const textLiteral = (parser: Parser): Expression => {
  const { kind, text } = parser.next();
  const length = Math.max(text.length, 1);
  const name = kind === 'national' ? 'nvarchar' : 'varchar';
  return {
    kind: 'literal',
    value: text,
    type: `${name}(${length > (kind === 'national' ? 4000 : 8000) ? 'max' : length})`,
  };
};

const numberLiteral = (parser: Parser): Expression => {
  const sign = parser.acceptSymbol('-') ? '-' : '';
  if (parser.peek().kind !== 'number') throw parser.fails();
  const { text } = parser.next();
  const [whole = '', fraction] = text.split('.');
  if (fraction === undefined && Number(text) <= 0x7fffffff) {
    return { kind: 'literal', value: Number(`${sign}${text}`), type: 'int' };
  }
  const scale = fraction?.length ?? 0;
  return { kind: 'literal', value: `${sign}${text}`, type: `numeric(${Math.max(whole.length + scale, 1)}, ${scale})` };
};

/** Reads what stands after WHERE. */
export const parseCondition = (parser: Parser): Condition => {
  let left = parseConjunction(parser);
  while (parser.accept('or')) left = { kind: 'or', left, right: parseConjunction(parser) };
  return left;
};

const parseConjunction = (parser: Parser): Condition => {
  let left = parseTerm(parser);
  while (parser.accept('and')) left = { kind: 'and', left, right: parseTerm(parser) };
  return left;
};

const parseTerm = (parser: Parser): Condition => {
  if (parser.accept('not')) return { kind: 'not', condition: parseTerm(parser) };
  if (parser.acceptSymbol('(')) {
    const condition = parseCondition(parser);
    parser.expectSymbol(')');
    return condition;
  }
  const left = parseExpression(parser);
  const operator = COMPARISONS.get(parser.peek().text);
  if (operator !== undefined && parser.peek().kind === 'symbol') {
    parser.next();
    return { kind: 'compare', operator, left, right: parseExpression(parser) };
  }
  if (parser.accept('is')) {
    const negated = parser.accept('not');
    parser.expect('null');
    return { kind: 'null', expression: left, negated };
  }
  const negated = parser.accept('not');
  return parser.accept('like') ? like(parser, left, negated) : oneOf(parser, left, negated);
};

const like = (parser: Parser, left: Expression, negated: boolean): Condition => {
  const condition: Condition = { kind: 'compare', operator: 'like', left, right: parseExpression(parser) };
  return negated ? { kind: 'not', condition } : condition;
};

const oneOf = (parser: Parser, expression: Expression, negated: boolean): Condition => {
  parser.expect('in');
  parser.expectSymbol('(');
  const choices = parser.list(() => parseExpression(parser));
  parser.expectSymbol(')');
  return { kind: 'in', expression, choices, negated };
};
