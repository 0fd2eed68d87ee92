import { EntitySchema } from 'typeorm';

/** One destination that scripts may reach; port 0 means any. */
export type EgressRule = { readonly host: string; readonly port: number };

export type ConnectionRow = {
  id: string;
  userPoolId: string;
  enabled: boolean;
  version: number;
  updatedAt: Date;
};

export const connectionEntity = new EntitySchema<ConnectionRow>({
  name: 'connection',
  tableName: 'connections',
  columns: {
    id: { type: 'uuid', primary: true },
    userPoolId: { type: 'uuid', name: 'user_pool_id' },
    enabled: { type: 'boolean' },
    version: { type: 'int4' },
    updatedAt: { type: 'timestamptz', name: 'updated_at' },
  },
});

export type ConnectionVersionRow = {
  connectionId: string;
  version: number;
  mode: string;
  sealedSettings: string;
  egress: readonly EgressRule[];
  isolation: string;
  /** Script action → id of the script. */
  scripts: Readonly<Record<string, string>>;
  createdAt: Date;
  createdBy: string;
  /** What is new in this version, in words. */
  changes: readonly string[];
};

export const connectionVersionEntity = new EntitySchema<ConnectionVersionRow>({
  name: 'connection_version',
  tableName: 'connection_versions',
  columns: {
    connectionId: { type: 'uuid', primary: true, name: 'connection_id' },
    version: { type: 'int4', primary: true },
    mode: { type: 'text' },
    sealedSettings: { type: 'text', name: 'sealed_settings' },
    egress: { type: 'jsonb' },
    isolation: { type: 'text' },
    scripts: { type: 'jsonb' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    createdBy: { type: 'text', name: 'created_by' },
    changes: { type: 'jsonb' },
  },
});

export type ScriptRow = {
  id: string;
  connectionId: string;
  action: string;
  /** What runs. */
  sealedSource: string;
  /** `null`: JavaScript. */
  language: string | null;
  /** As it was written, where that is not what runs. */
  sealedWritten: string | null;
  createdAt: Date;
  createdBy: string;
};

export const scriptEntity = new EntitySchema<ScriptRow>({
  name: 'script',
  tableName: 'scripts',
  columns: {
    id: { type: 'uuid', primary: true },
    connectionId: { type: 'uuid', name: 'connection_id' },
    action: { type: 'text' },
    sealedSource: { type: 'text', name: 'sealed_source' },
    language: { type: 'text', nullable: true },
    sealedWritten: { type: 'text', name: 'sealed_written', nullable: true },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    createdBy: { type: 'text', name: 'created_by' },
  },
});
