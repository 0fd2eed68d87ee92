import type { ScriptLanguage } from '@userferry/script-contract';

/** A script as it is written, and the language that this is. */
export type ScriptText = { readonly source: string; readonly language: ScriptLanguage };

export const NOTHING_WRITTEN: ScriptText = { source: '', language: 'javascript' };

export const isSameScript = (one: ScriptText, other: ScriptText): boolean =>
  one.source === other.source && one.language === other.language;
