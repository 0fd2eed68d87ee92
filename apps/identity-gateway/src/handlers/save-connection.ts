import {
  type LegacyStoreAddress,
  type SaveConnectionRequest,
  type SaveConnectionResponse,
  ConnectionMode as WireMode,
} from '@userferry/contracts/management/v1/connection_service';
import { Isolation as WireIsolation } from '@userferry/contracts/runner/v1/script_runner_service';
import type { Handler } from '@userferry/grpc';
import {
  ADDRESS_VARIABLES,
  type ConnectionEnv,
  type ConnectionMode,
  connectionEnv,
  egressHostProblem,
  type Isolation,
  LIMITS,
} from '@userferry/script-contract';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { EgressRule } from '../connection/script-run.ts';
import { invalidField, name } from './fields.ts';
import { keptEnv, withKeptPassword } from './kept-values.ts';

const MODES: Readonly<Partial<Record<WireMode, ConnectionMode>>> = {
  [WireMode.LAZY_MIGRATION]: 'lazy_migration',
  [WireMode.CUSTOM_USER_STORE]: 'custom_user_store',
};

const ISOLATIONS: Readonly<Partial<Record<WireIsolation, Isolation>>> = {
  [WireIsolation.UNSPECIFIED]: 'warm',
  [WireIsolation.PER_RUN]: 'per_run',
};

/** Saves mode and settings as a new version. Errors name fields and never repeat a value. */
export const saveConnection =
  (
    store: Pick<ConnectionStore, 'saveConnection' | 'getConnectionSettings'>,
  ): Handler<SaveConnectionRequest, SaveConnectionResponse> =>
  async (request, call) => {
    const mode = MODES[request.mode];
    if (mode === undefined) throw invalidField('mode', 'must be lazy migration or custom user store');
    const known = keepsSome(request) ? await store.getConnectionSettings(request.userPoolId, call) : undefined;
    const saved = known?.env ?? {};
    const connection = await store.saveConnection(
      {
        userPoolId: request.userPoolId,
        mode,
        addressEnv: addressEnv(request.address, saved),
        ownEnv: sentEnv(request, saved),
        keptFromVersion: known?.version,
        expectedVersion: request.expectedVersion,
        egress: egressOf(request.egress),
        isolation: isolationOf(request.isolation),
      },
      call,
    );
    return { connection };
  };

type Values = Readonly<Record<string, string>>;

/** Whether the request means values that only our store has. */
const keepsSome = ({ keepEnvNames, address }: SaveConnectionRequest): boolean =>
  keepEnvNames.length > 0 || (address?.form?.$case === 'fields' && address.form.value.keepPassword);

const addressEnv = (address: LegacyStoreAddress | undefined, saved: Values): Values | undefined => {
  const form = address?.form;
  if (form === undefined) return undefined;
  const parsed = parsedAddress(form, saved);
  if (!parsed.ok) throw invalidField(`address.${form.$case}`, parsed.problem);
  return parsed.env;
};

const parsedAddress = (form: NonNullable<LegacyStoreAddress['form']>, saved: Values): ConnectionEnv => {
  if (form.$case === 'uri') return connectionEnv({ uri: form.value });
  return form.value.keepPassword ? withKeptPassword(form.value, saved) : connectionEnv({ fields: form.value });
};

/** The variables as they are to be, or nothing where they stay: what is sent beside that word would be lost unnoticed. */
const sentEnv = ({ keepEnv, keepEnvNames, env }: SaveConnectionRequest, saved: Values): Values | undefined => {
  if (!keepEnv) return ownEnv({ ...keptEnv(keepEnvNames, saved), ...env });
  if (Object.keys(env).length > 0) throw invalidField('keep_env', 'keeps all variables: send it without env');
  return undefined;
};

/** The company's own variables: names as environments have them, and not those that the address fills in. */
const ownEnv = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  for (const key of Object.keys(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(key))
      throw invalidField('env', 'has a name that is not made of A-Z, 0-9 and _');
    if ((ADDRESS_VARIABLES as readonly string[]).includes(key))
      throw invalidField('env', `must not hold ${key}: it comes from the address`);
  }
  if (Buffer.byteLength(JSON.stringify(env)) > LIMITS.envBytesMax)
    throw invalidField('env', `is larger than ${LIMITS.envBytesMax} bytes`);
  return env;
};

const isolationOf = (wire: WireIsolation): Isolation => {
  const isolation = ISOLATIONS[wire];
  if (isolation === undefined) throw invalidField('isolation', 'must be per run, or left out');
  return isolation;
};

const egressOf = (rules: readonly EgressRule[]): readonly EgressRule[] => {
  if (rules.length > LIMITS.egressRulesMax)
    throw invalidField('egress', `has more than ${LIMITS.egressRulesMax} rules`);
  return rules.map((rule, index) => {
    const [at, host] = [`egress[${index}]`, name(`egress[${index}].host`, rule.host)];
    if (rule.port > 65535) throw invalidField(`${at}.port`, 'must be from 1 to 65535, or 0 for every port');
    const problem = egressHostProblem(host);
    if (problem !== undefined) throw invalidField(`${at}.host`, problem);
    return { host, port: rule.port };
  });
};
