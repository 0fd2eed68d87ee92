import { REASONS, type Reason } from '@userferry/errors';

/** How a login ended. `failed`: with an error of ours or of the caller, and no word on the password. */
export const LOGIN_OUTCOMES = ['authenticated', 'rejected', 'undecided', 'failed'] as const;

/** Who gave the answer: our store alone, or the connection's script; `none`: neither came to one. */
export const LOGIN_SOURCES = ['local', 'custom_database', 'none'] as const;

const ERROR_REASONS = Object.keys(REASONS) as readonly Reason[] as readonly [Reason, ...Reason[]];

/** Why a login was rejected or left undecided, then the reasons of errors; `none` for one that succeeded. */
export const LOGIN_REASONS = [
  'none',
  'INVALID_CREDENTIALS',
  'USER_LOCKED',
  'TOO_MANY_ATTEMPTS',
  'LEGACY_STORE_UNREACHABLE',
  'TIMED_OUT',
  'OVERLOADED',
  'SCRIPT_FAILED',
  'INVALID_RESULT',
  'EGRESS_DENIED',
  'INTERRUPTED',
  'IDENTIFIER_CONFLICT',
  ...ERROR_REASONS,
] as const;

/** The canonical codes of gRPC. */
export const GRPC_CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** `starting`: being born; `blank`: has served nobody yet; `warm`: a connection's own, idle; `busy`: runs something. */
export const HOST_STATES = ['starting', 'blank', 'warm', 'busy'] as const;

/** Why an isolate host ended. The first four are the ordinary way of things. */
export const HOST_DEATHS = [
  'idle',
  'replaced',
  'served_its_purpose',
  'closed',
  'too_much_memory_between_runs',
  'out_of_memory',
  'stuck',
  'broke_the_rules',
  'at_birth',
  'crashed',
] as const;

/** The rules of docs/configuration.md, "What scripts may reach". */
export const EGRESS_RULES = [
  'metadata_service',
  'multicast',
  'zone_id',
  'unspecified',
  'port_zero',
  'own_service',
  'loopback',
  'private',
  'link_local',
  'carrier_grade_nat',
  'reserved',
  'translated',
  'own_address',
  'mail_port',
  'connection_list',
] as const;

/** How the step into our store ended. */
export const MIGRATION_RESULTS = [
  'migrated',
  'already_migrated',
  'tombstoned',
  'conflict',
  'wrong_password',
  'locked',
] as const;

/** How a call of the store ended. `refused`: it said no, with a reason that its caller can read. */
export const STORE_OUTCOMES = ['ok', 'refused', 'unavailable', 'failed'] as const;
