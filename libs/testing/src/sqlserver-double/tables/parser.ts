import { failure } from './failure.ts';
import { type SqlToken, tokenize } from './tokenize.ts';

/** A place in a text of T-SQL, and the ways to step on from it. */
export type Parser = ReturnType<typeof createParser>;

const END: SqlToken = { kind: 'end', text: '' };

/** A parser at the first token. What it does not find it reports as error 102, as SQL Server does. */
export const createParser = (sql: string) => {
  const tokens = tokenize(sql);
  let at = 0;
  const peek = (ahead = 0): SqlToken => tokens[at + ahead] ?? END;
  const next = (): SqlToken => {
    const token = peek();
    at += 1;
    return token;
  };
  const fails = (): Error => {
    const { kind, text } = peek();
    return failure(102, `Incorrect syntax near '${kind === 'end' ? 'the end' : text}'.`, { class: 15 });
  };
  const sees = (...words: string[]): boolean =>
    words.every((word, ahead) => peek(ahead).kind === 'word' && peek(ahead).text.toLowerCase() === word);
  const accept = (...words: string[]): boolean => {
    const found = sees(...words);
    if (found) at += words.length;
    return found;
  };
  const seesSymbol = (symbol: string): boolean => peek().kind === 'symbol' && peek().text === symbol;
  const acceptSymbol = (symbol: string): boolean => {
    const found = seesSymbol(symbol);
    if (found) at += 1;
    return found;
  };
  const identifier = (): string => {
    if (peek().kind !== 'word' && peek().kind !== 'name') throw fails();
    return next().text;
  };
  return {
    peek,
    next,
    fails,
    sees,
    accept,
    seesSymbol,
    acceptSymbol,
    identifier,
    expect: (...words: string[]): void => {
      if (!accept(...words)) throw fails();
    },
    expectSymbol: (symbol: string): void => {
      if (!acceptSymbol(symbol)) throw fails();
    },
    /** The last part of a name such as `dbo.[users]`. */
    qualifiedName: (): string => {
      let name = identifier();
      while (acceptSymbol('.')) name = identifier();
      return name;
    },
    /** `item`, as often as commas go on. */
    list: <Item>(item: () => Item): Item[] => {
      const items = [item()];
      while (acceptSymbol(',')) items.push(item());
      return items;
    },
  };
};
