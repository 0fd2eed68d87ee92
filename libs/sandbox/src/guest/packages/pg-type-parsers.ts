/** `pg.types.setTypeParser` holds for all clients and lies in a variable of the driver: here it holds for one run. */

import { NativeString } from '../primordials.ts';

type Parser = (text: string) => unknown;
type Types = {
  setTypeParser(oid: number, format: string | Parser, parser?: Parser): void;
  getTypeParser(oid: number, format: string): Parser;
};

/** Takes note of the parsers that are replaced from now on; returns what puts them back. */
export function keepTypeParsers(pg: unknown): () => void {
  const { types } = pg as { readonly types: Types };
  const { setTypeParser: set, getTypeParser: get } = types;
  let replaced: [oid: number, format: string, parser: Parser][] = [];
  const setTypeParser: Types['setTypeParser'] = (type, format, parser) => {
    const [name, made] = typeof format === 'function' ? ['text', format] : [NativeString(format), parser];
    // An object would be asked again for what it reads as when the parser is put back, and could do anything then.
    const oid = typeof type === 'number' ? type : (NativeString(type) as unknown as number);
    replaced[replaced.length] = [oid, name, get(oid, name)];
    set(oid, name, made);
  };
  // A bundle gives functions names of its own.
  types.setTypeParser = Object.defineProperty(setTypeParser, 'name', { value: 'setTypeParser' });
  return () => {
    for (let i = replaced.length - 1; i >= 0; i--) {
      const [oid, format, parser] = replaced[i] as (typeof replaced)[number];
      set(oid, format, parser);
    }
    replaced = [];
  };
}
