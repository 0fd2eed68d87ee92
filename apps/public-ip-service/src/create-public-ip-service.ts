import { type PublicIpServiceServer, PublicIpServiceService } from '@userferry/contracts/publicip/v1/public_ip_service';
import {
  createServer,
  type RunningServer,
  replicaAddresses,
  type ServerTls,
  service,
  serviceTokenAuthenticate,
  tlsTo,
} from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { createListLog } from './announce/list-log.ts';
import { countListChange, showList } from './announce/list-metrics.ts';
import { createWebhook, type Webhook } from './announce/webhook.ts';
import { fetchTable } from './clients/peers.ts';
import type { Config } from './config.ts';
import { listPublicIps } from './handlers/list-public-ips.ts';
import { type ReportEgressDeps, reportEgress } from './handlers/report-egress.ts';
import { watchPublicIps } from './handlers/watch-public-ips.ts';
import { joinPeers } from './table/join-peers.ts';
import { createPublicIpTable, type PublicIpTable, type TableChange } from './table/public-ip-table.ts';
import type { SavedTable } from './table/saved-table.ts';
import { createTableFile, type TableFile } from './table/table-file.ts';
import { afterRestart } from './table/table-state.ts';

export type PublicIpServiceConfig = Omit<Config, 'transport'>;

export type PublicIpServiceDeps = {
  readonly log: Logger;
  /** Absent: plaintext. */
  readonly tls?: ServerTls | undefined;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Milliseconds of a clock that nobody sets: where the other one goes on otherwise, it was set. */
  readonly steady?: () => number;
  /** Told of each change, after the log: where it can be counted. */
  readonly onChange?: (change: TableChange) => void;
};

/** How late a lease that ends, or an address that has drained, may be noticed while nobody asks. */
const LOOK_MS = 500;

/** Starts the service on the configured address, knowing what it knew before and what its peers know. */
export const createPublicIpService = async (
  config: PublicIpServiceConfig,
  deps: PublicIpServiceDeps,
): Promise<RunningServer> => {
  const stack = new AsyncDisposableStack();
  try {
    const { table, file, webhook } = await openTable(stack, config, deps);
    stack.use(showList(table));
    await joinAll(stack, config, table, deps);
    await file.save(table.state());
    // What the listener had not taken when the service stopped; nothing when it knows this list.
    webhook?.tell(table.state());
    const look = setInterval(() => table.state(), LOOK_MS).unref();
    stack.defer(() => clearInterval(look));
    const server = stack.use(await serve(config, { table, file, clock: deps.clock ?? Date.now }, deps));
    return { ...server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

/** The table as it was saved last, and everybody who is told of its changes. */
const openTable = async (
  stack: AsyncDisposableStack,
  config: PublicIpServiceConfig,
  { log, clock = Date.now, steady = () => performance.now(), onChange = () => undefined }: PublicIpServiceDeps,
): Promise<{ readonly table: PublicIpTable; readonly file: TableFile; readonly webhook: Webhook | undefined }> => {
  const file = createTableFile(config.stateFile, log);
  const saved = await file.load();
  const webhook = stack.use(webhookOf(config, saved, file, log));
  const writeToLog = createListLog(log);
  const table = createPublicIpTable({
    rules: { pinned: config.pinned, drainMs: config.drainMs },
    clock,
    steady,
    onJump: (jumpMs) =>
      log.warn({ jumpMs }, 'the clock was set, or the machine slept: leases count as after a restart'),
    known: saved && afterRestart(saved, clock()),
    onChange: (change) => {
      writeToLog(change);
      countListChange(change);
      void file.save(change.after);
      webhook?.tell(change.after);
      onChange(change);
    },
  });
  stack.defer(() => file.save(table.state()));
  return { table, file, webhook };
};

/**
 * Whoever listens knows what was taken last. Where no file says what that was, it knows the list that was saved last; from
 * then on the file says it, so that what is never taken is not forgotten either.
 */
const webhookOf = (
  { webhook }: PublicIpServiceConfig,
  saved: SavedTable | undefined,
  file: TableFile,
  log: Logger,
): Webhook | undefined => {
  if (webhook === undefined) return undefined;
  const told = saved?.told ?? [...(saved?.entries.keys() ?? [])];
  void file.saveTold(told);
  return createWebhook({ ...webhook, log, told, onTaken: file.saveTold });
};

const joinAll = async (
  stack: AsyncDisposableStack,
  { peers, serviceTokens: [token] }: PublicIpServiceConfig,
  { merge }: PublicIpTable,
  { log, tls }: PublicIpServiceDeps,
): Promise<void> => {
  const addresses = async () => (peers === undefined ? [] : replicaAddresses(peers));
  const fetch = (address: string) => fetchTable(address, token, tlsTo(tls, 'public-ip-service'));
  stack.use(await joinPeers({ peers: addresses, fetch, merge, log }));
};

const serve = (
  config: PublicIpServiceConfig,
  deps: ReportEgressDeps,
  { log, tls }: PublicIpServiceDeps,
): Promise<RunningServer> =>
  createServer({
    host: config.host,
    port: config.port,
    tls,
    services: [
      service<PublicIpServiceServer>(PublicIpServiceService, {
        listPublicIps: listPublicIps(deps.table),
        watchPublicIps: watchPublicIps(deps.table, config),
        reportEgress: reportEgress(deps),
      }),
    ],
    authenticate: serviceTokenAuthenticate(config.serviceTokens),
    log,
    callMsMax: 5_000,
    connectionAgeMs: config.connectionAgeMs,
  });
