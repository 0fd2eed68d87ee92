import { type PublicIpServiceServer, PublicIpServiceService } from '@userferry/contracts/publicip/v1/public_ip_service';
import { createServer, type RunningServer, replicaAddresses, service, serviceTokenAuthenticate } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { createListLog } from './announce/list-log.ts';
import { createWebhook, type Webhook } from './announce/webhook.ts';
import { fetchTable } from './clients/peers.ts';
import type { Config } from './config.ts';
import { listPublicIps } from './handlers/list-public-ips.ts';
import { reportEgress } from './handlers/report-egress.ts';
import { watchPublicIps } from './handlers/watch-public-ips.ts';
import { joinPeers } from './table/join-peers.ts';
import { createPublicIpTable, type TableChange } from './table/public-ip-table.ts';
import { afterRestart, createTableFile } from './table/table-file.ts';
import type { TableState } from './table/table-state.ts';

export type PublicIpServiceDeps = {
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Told of each change, after the log: where it can be counted. */
  readonly onChange?: (change: TableChange) => void;
};

/** How late a lease that ends, or an address that has drained, may be noticed while nobody asks. */
const LOOK_MS = 500;

/** Starts the service on the configured address, knowing what it knew before and what its peers know. */
export const createPublicIpService = async (
  config: Config,
  { log, clock = Date.now, onChange = () => undefined }: PublicIpServiceDeps,
): Promise<RunningServer> => {
  const stack = new AsyncDisposableStack();
  try {
    const file = createTableFile(config.stateFile, log);
    const saved = await file.load();
    const webhook = stack.use(webhookOf(config, saved, log));
    const writeToLog = createListLog(log);
    const table = createPublicIpTable({
      rules: { pinned: config.pinned, drainMs: config.drainMs },
      clock,
      known: saved && afterRestart(saved, clock()),
      onChange: (change) => {
        writeToLog(change);
        void file.save(change.after);
        webhook?.tell(change.after);
        onChange(change);
      },
    });
    stack.defer(() => file.save(table.state()));
    const { peers, serviceToken } = config;
    const joined = await joinPeers({
      peers: async () => (peers === undefined ? [] : replicaAddresses(peers)),
      fetch: (address) => fetchTable(address, serviceToken),
      merge: table.merge,
      log,
    });
    stack.use(joined);
    await file.save(table.state());
    const look = setInterval(() => table.state(), LOOK_MS).unref();
    stack.defer(() => clearInterval(look));
    const server = stack.use(
      await createServer({
        host: config.host,
        port: config.port,
        services: [
          service<PublicIpServiceServer>(PublicIpServiceService, {
            listPublicIps: listPublicIps(table),
            watchPublicIps: watchPublicIps(table, config),
            reportEgress: reportEgress({ table, file, clock }),
          }),
        ],
        authenticate: serviceTokenAuthenticate(serviceToken),
        log,
        callMsMax: 5_000,
      }),
    );
    return { port: server.port, setServing: server.setServing, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

/** Whoever listens knows the list that was saved last. */
const webhookOf = ({ webhook }: Config, saved: TableState | undefined, log: Logger): Webhook | undefined =>
  webhook && createWebhook({ ...webhook, log, told: [...(saved?.entries.keys() ?? [])] });
