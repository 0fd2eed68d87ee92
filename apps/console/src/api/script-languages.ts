import type { ScriptLanguage as WireLanguage } from '@userferry/contracts/json-types';
import type { ScriptLanguage } from '@userferry/script-contract';

export const wireLanguage = (language: ScriptLanguage): WireLanguage =>
  language === 'typescript' ? 'SCRIPT_LANGUAGE_TYPESCRIPT' : 'SCRIPT_LANGUAGE_UNSPECIFIED';

/** A service that names no language means JavaScript. */
export const languageOf = (wire: WireLanguage | undefined): ScriptLanguage =>
  wire === 'SCRIPT_LANGUAGE_TYPESCRIPT' ? 'typescript' : 'javascript';
