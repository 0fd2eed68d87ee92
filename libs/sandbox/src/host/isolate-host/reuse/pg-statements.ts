/**
 * Notices statements that name a setting of the script's own. PostgreSQL never forgets such a name: after `DISCARD ALL` it is
 * set to nothing, where a new session does not have it, and no question tells the two apart without the name.
 */

/** Messages of the driver with a statement in them. */
const STATEMENTS = new Set(['Q', 'P']);
/** Longer ones are not looked through, and taken for such. */
const CHARACTERS_MAX = 64 * 1024;
const NAME = '(?:"(?:[^"]|"")*"|[\\w$\\x80-\\xff]+)';
/**
 * `set_config`, `SET` or `RESET` of a name with a dot in it, and what may hide one: letters written as numbers, and a comment
 * within. No part can match in two ways, as any text may come.
 */
const OWN_SETTING = new RegExp(
  `set_config|\\bu&"|\\b(?:re)?set\\b\\s*(?:(?:session|local)\\b\\s*)?(?:/\\*|--|${NAME}\\s*(?:\\.|/\\*|--))`,
  'i',
);

export type PgStatements = {
  /** A message begins, with the first byte of its body. */
  begin(kind: string, first: number): void;
  /** More of its body. */
  add(bytes: Buffer): void;
  /** Whether one of the messages so far, which are whole, may have named a setting. */
  haveNamedSetting(): boolean;
};

export function createPgStatements(): PgStatements {
  let text = '';
  let isStatement = false;
  let haveNamed = false;
  const look = (): void => {
    haveNamed ||= text.length > CHARACTERS_MAX || OWN_SETTING.test(text);
    text = '';
  };
  return {
    begin(kind, first) {
      look();
      isStatement = STATEMENTS.has(kind);
      if (isStatement) text = String.fromCharCode(first);
    },
    add(bytes) {
      if (isStatement && text.length <= CHARACTERS_MAX) text += bytes.toString('latin1');
    },
    haveNamedSetting() {
      look();
      return haveNamed;
    },
  };
}
