import type { SecureContext } from 'node:tls';
import type { Behaviour, SeenLogin, SeenRequest } from '../double-options.ts';
import type { Tables } from '../tables/table.ts';

/** What all sessions of one double share. */
export type ServerContext = {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly encryption: 'none' | 'optional' | 'required' | 'strict';
  readonly serverName: string;
  readonly secureContext: SecureContext;
  readonly behaviour: Behaviour;
  readonly requests: SeenRequest[];
  readonly logins: SeenLogin[];
  readonly tables: Tables;
};

/** The version that the double claims: SQL Server 2022. */
export const SERVER_VERSION = [16, 0, 1000] as const;
