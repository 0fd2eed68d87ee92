import {
  type Connection as WireConnection,
  ConnectionMode as WireMode,
} from '@userferry/contracts/management/v1/connection_service';
import { Isolation as WireIsolation } from '@userferry/contracts/runner/v1/script_runner_service';
import {
  actionNumber,
  actionOfNumber,
  languageNumber,
  languageOfNumber,
  requiredActions,
  SCRIPT_ACTIONS,
  SCRIPT_LANGUAGES,
  type ScriptAction,
  type ScriptLanguage,
} from '@userferry/script-contract';
import type { Connection, ConnectionMode, Isolation } from '@userferry/user-store';
import { invalidField } from './fields.ts';

const WIRE_MODES = {
  lazy_migration: WireMode.LAZY_MIGRATION,
  custom_user_store: WireMode.CUSTOM_USER_STORE,
} as const satisfies Record<ConnectionMode, WireMode>;

export const wireMode = (mode: ConnectionMode): WireMode => WIRE_MODES[mode];

/** Throws INVALID_ARGUMENT for a mode that is not set or not known. */
export const modeOf = (wire: WireMode): ConnectionMode => {
  if (wire === WireMode.LAZY_MIGRATION) return 'lazy_migration';
  if (wire === WireMode.CUSTOM_USER_STORE) return 'custom_user_store';
  throw invalidField('mode', 'must be lazy migration or custom user store');
};

export const wireIsolation = (isolation: Isolation): WireIsolation =>
  isolation === 'per_run' ? WireIsolation.PER_RUN : WireIsolation.UNSPECIFIED;

/** Throws INVALID_ARGUMENT for one that is not known. */
export const isolationOf = (wire: WireIsolation): Isolation => {
  if (wire === WireIsolation.UNSPECIFIED) return 'warm';
  if (wire === WireIsolation.PER_RUN) return 'per_run';
  throw invalidField('isolation', 'must be per run, or left out');
};

/** Throws INVALID_ARGUMENT for an action that is not set or not known. */
export const actionOf = (wire: number): ScriptAction => {
  const action = actionOfNumber(wire);
  if (action === undefined) throw invalidField('action', 'must be one of the eight script actions');
  return action;
};

/** Throws INVALID_ARGUMENT for a language that is not known. */
export const languageOf = (wire: number): ScriptLanguage => {
  const language = languageOfNumber(wire);
  if (language === undefined) throw invalidField('language', 'is not known here');
  return language;
};

/** The language of a stored script; one that a later version has stored shows as JavaScript, which runs. */
export const wireLanguage = (language: string | undefined) =>
  languageNumber(SCRIPT_LANGUAGES.find((known) => known === language) ?? 'javascript');

/** A connection as it travels: names of variables, no values, and which of its mode's scripts are there. */
export const wireConnection = ({ savedActions, ...connection }: Connection): WireConnection => {
  const required = requiredActions(connection.mode);
  return {
    ...connection,
    mode: wireMode(connection.mode),
    version: BigInt(connection.version),
    envNames: [...connection.envNames],
    egress: connection.egress.map((rule) => ({ ...rule })),
    isolation: wireIsolation(connection.isolation),
    scripts: SCRIPT_ACTIONS.map((action) => ({
      action: actionNumber(action),
      required: required.includes(action),
      saved: savedActions.includes(action),
      // What the log history says of it is the gateway's to judge.
      failing: false,
      lastError: undefined,
    })),
  };
};
