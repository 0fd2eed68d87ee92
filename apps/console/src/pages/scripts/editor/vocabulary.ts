import type { ScriptAction, ScriptLanguage } from '@userferry/script-contract';

/** What completion knows of the script that is being written. */
export type Vocabulary = {
  readonly action: ScriptAction;
  readonly language: ScriptLanguage;
  readonly envNames: readonly string[];
  readonly modules: readonly { readonly name: string; readonly version: string }[];
};
