import type { IdentifierKind } from '@userferry/user-model';
import { EntitySchema } from 'typeorm';

export type ConflictRow = {
  id: string;
  userPoolId: string;
  connectionId: string;
  idType: 'string' | 'number';
  idText: string;
  kind: IdentifierKind;
  normalised: string;
  value: string;
  userId: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** node-postgres gives an int8 as text. */
  timesSeen: string;
  /** Resolved: the user of the legacy user store does without the identifier. */
  keptLocal: boolean;
};

export const conflictEntity = new EntitySchema<ConflictRow>({
  name: 'identifier_conflict',
  tableName: 'identifier_conflicts',
  columns: {
    id: { type: 'uuid', primary: true },
    userPoolId: { type: 'uuid', name: 'user_pool_id' },
    connectionId: { type: 'uuid', name: 'connection_id' },
    idType: { type: 'text', name: 'id_type' },
    idText: { type: 'text', name: 'id_text' },
    kind: { type: 'text' },
    normalised: { type: 'text' },
    value: { type: 'text' },
    userId: { type: 'uuid', name: 'user_id' },
    firstSeenAt: { type: 'timestamptz', name: 'first_seen_at' },
    lastSeenAt: { type: 'timestamptz', name: 'last_seen_at' },
    timesSeen: { type: 'int8', name: 'times_seen' },
    keptLocal: { type: 'boolean', name: 'kept_local' },
  },
});

export type ScriptRunRow = {
  userPoolId: string;
  runId: string;
  endedAt: Date;
  action: string;
  outcome: string;
  version: string;
  requestId: string;
  test: boolean;
  sealedDetails: string;
};

export const scriptRunEntity = new EntitySchema<ScriptRunRow>({
  name: 'script_run',
  tableName: 'script_runs',
  columns: {
    userPoolId: { type: 'uuid', primary: true, name: 'user_pool_id' },
    runId: { type: 'text', primary: true, name: 'run_id' },
    endedAt: { type: 'timestamptz', name: 'ended_at' },
    action: { type: 'text' },
    outcome: { type: 'text' },
    version: { type: 'int8' },
    requestId: { type: 'text', name: 'request_id' },
    test: { type: 'boolean' },
    sealedDetails: { type: 'text', name: 'sealed_details' },
  },
});

export type AuditEntryRow = {
  id: string;
  userPoolId: string;
  at: Date;
  actor: string;
  action: string;
  target: string;
  requestId: string;
};

export const auditEntryEntity = new EntitySchema<AuditEntryRow>({
  name: 'audit_entry',
  tableName: 'audit_entries',
  columns: {
    id: { type: 'uuid', primary: true },
    userPoolId: { type: 'uuid', name: 'user_pool_id' },
    at: { type: 'timestamptz' },
    actor: { type: 'text' },
    action: { type: 'text' },
    target: { type: 'text' },
    requestId: { type: 'text', name: 'request_id' },
  },
});
