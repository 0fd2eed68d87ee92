/** A value in a statement. */
export type Expression =
  | { kind: 'column'; name: string }
  | { kind: 'parameter'; name: string }
  | { kind: 'literal'; value: unknown; type: string }
  | { kind: 'call'; name: string; argument: Expression | undefined };

/** What a row must satisfy. NULL compares with nothing, as in SQL. */
export type Condition =
  | { kind: 'compare'; operator: '=' | '<>' | '<' | '>' | '<=' | '>=' | 'like'; left: Expression; right: Expression }
  | { kind: 'null'; expression: Expression; negated: boolean }
  | { kind: 'in'; expression: Expression; choices: Expression[]; negated: boolean }
  | { kind: 'not'; condition: Condition }
  | { kind: 'and' | 'or'; left: Condition; right: Condition };

/** A column of a SELECT; its name is empty where the statement gives none. */
export type SelectItem = { expression: Expression; name: string } | 'all';

/** Where rows come from. */
export type Source = { table: string } | { from: Expression; to: Expression };

/** A SELECT as the double knows it. */
export type Select = {
  kind: 'select';
  items: SelectItem[];
  top: Expression | undefined;
  source: Source | undefined;
  where: Condition | undefined;
  orderBy: { expression: Expression; descending: boolean }[];
  offset: Expression | undefined;
  fetch: Expression | undefined;
};

/** A statement that the double executes on its own tables. */
export type Statement =
  | Select
  | { kind: 'insert'; table: string; columns: string[]; output: SelectItem[]; rows: Expression[][] }
  | {
      kind: 'update';
      table: string;
      set: { column: string; value: Expression }[];
      output: SelectItem[];
      where: Condition | undefined;
    }
  | { kind: 'delete'; table: string; output: SelectItem[]; where: Condition | undefined }
  | { kind: 'create'; table: string; columns: { name: string; declaration: string }[] }
  | { kind: 'drop'; table: string; ifExists: boolean }
  | { kind: 'set'; option: string; value: string }
  | { kind: 'transaction'; change: 'begin' | 'commit' | 'rollback' }
  | { kind: 'print'; message: Expression }
  | { kind: 'throw'; number: Expression; message: Expression; state: Expression }
  | { kind: 'wait'; delayMs: number };
