import type { JsonObject } from '@userferry/user-model';

/** What the edge said of the application and the request. */
export type RequestFacts = {
  readonly appId: string;
  readonly appName: string;
  readonly appMetadata: JsonObject;
  readonly ip: string;
  readonly geo: JsonObject | null;
  /** What it received, without passwords. */
  readonly body: JsonObject;
  /** Those of the call, for what is kept of its runs to hold none: no script sees them here. */
  readonly passwords?: readonly string[];
};
