import type { ScriptAction, ScriptLanguage } from '@userferry/script-contract';

/** What the language service is asked about. */
export type Script = { readonly source: string; readonly language: ScriptLanguage; readonly action: ScriptAction };
