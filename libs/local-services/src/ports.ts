/** Where each service listens. */
export type Ports = {
  readonly http: number;
  readonly gateway: number;
  readonly runner: number;
  readonly migration: number;
  readonly publicIp: number;
};
