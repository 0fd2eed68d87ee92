/** What a script may be written in. Of TypeScript the types are taken out before it runs; every line and column stays. */
export const SCRIPT_LANGUAGES = ['javascript', 'typescript'] as const;

export type ScriptLanguage = (typeof SCRIPT_LANGUAGES)[number];
