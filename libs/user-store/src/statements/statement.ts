/** A statement of which only the values change. `name`: under which a server may keep it prepared; another text, another name. */
export type Statement = { readonly name: string; readonly text: string };

/** A statement with its values, of kinds that node-postgres writes: text, numbers, times, bytes, arrays of them, null. */
export type StatementCall = { readonly statement: Statement; readonly values: readonly unknown[] };

export type Row = Readonly<Record<string, unknown>>;
