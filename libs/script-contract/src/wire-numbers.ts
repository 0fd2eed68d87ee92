import { SCRIPT_ACTIONS, type ScriptAction } from './actions.ts';
import { SCRIPT_LANGUAGES, type ScriptLanguage } from './languages.ts';
import { OUTCOMES, type Outcome } from './outcomes.ts';

/**
 * The numbers of `ScriptAction` and `Outcome` in proto/userferry/runner/v1: place in our list, counted from 1 (0 is
 * UNSPECIFIED). New entries go to the end of both. script-runner's tests hold the two lists against the contract.
 */
export const actionNumber = (action: ScriptAction) =>
  (SCRIPT_ACTIONS.indexOf(action) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** `undefined` for UNSPECIFIED and for a number of a later version. */
export const actionOfNumber = (number: number): ScriptAction | undefined => SCRIPT_ACTIONS[number - 1];

export const outcomeNumber = (outcome: Outcome) =>
  (OUTCOMES.indexOf(outcome) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

/** `undefined` for UNSPECIFIED and for a number of a later version. */
export const outcomeOfNumber = (number: number): Outcome | undefined => OUTCOMES[number - 1];

/** The number of `ScriptLanguage` there; UNSPECIFIED (0) is JavaScript, so that a client that knows no other need not say it. */
export const languageNumber = (language: ScriptLanguage) => SCRIPT_LANGUAGES.indexOf(language) as 0 | 1;

/** `undefined` for a number of a later version. */
export const languageOfNumber = (number: number): ScriptLanguage | undefined => SCRIPT_LANGUAGES[number];
