import { type ApiKey as WireApiKey, ApiKeyRole as WireRole } from '@userferry/contracts/management/v1/api_key_service';
import type { ApiKey, ApiKeyRole } from '@userferry/user-store';
import { invalidField } from './fields.ts';

const WIRE_ROLES = {
  edge: WireRole.EDGE,
  admin: WireRole.ADMIN,
  operator: WireRole.OPERATOR,
} as const satisfies Record<ApiKeyRole, WireRole>;

const ROLES = new Map(Object.entries(WIRE_ROLES).map(([role, wire]) => [wire as number, role as ApiKeyRole]));

/** Throws INVALID_ARGUMENT for a role that is not set or not known. */
export const roleOf = (wire: WireRole): ApiKeyRole => {
  const role = ROLES.get(wire);
  if (role === undefined) throw invalidField('role', 'must be edge, admin or operator');
  return role;
};

/** An API key's facts as they travel; the key itself is not among them. */
export const wireApiKey = ({ id, role, name, userPoolId, createdAt, ...key }: ApiKey): WireApiKey => ({
  apiKeyId: id,
  name,
  role: WIRE_ROLES[role],
  userPoolId,
  createdAt,
  scopes: key.scopes ?? [],
  expiresAt: key.expiresAt ?? undefined,
  lastUsedAt: key.lastUsedAt ?? undefined,
  prefix: key.prefix ?? '',
  rotatedAt: key.rotatedAt ?? undefined,
  previousUntil: key.previousUntil ?? undefined,
});
