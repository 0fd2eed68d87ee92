import { connect, createServer } from 'node:net';
import { FAREWELLS } from '../../../bridge/farewells.ts';

export type RenumberingPooler = AsyncDisposable & {
  readonly port: number;
  /** Clients that have taken leave. */
  readonly farewells: number;
};

const FAREWELL = Buffer.from(FAREWELLS.pg);
/** The head of the message that tells a client its process number (BackendKeyData). */
const KEY_DATA = Buffer.from([0x4b, 0, 0, 0, 12]);

/** Stands before a PostgreSQL and gives its clients a process number of its own, as poolers do. */
export const startRenumberingPooler = async (db: {
  readonly host: string;
  readonly port: number;
}): Promise<RenumberingPooler> => {
  const seen = { farewells: 0 };
  const pooler = createServer((client) => {
    const server = connect(db.port, db.host);
    server.on('data', (bytes) => {
      const at = bytes.indexOf(KEY_DATA);
      if (at >= 0) bytes.writeUInt32BE(1, at + KEY_DATA.length);
      client.write(bytes);
    });
    client.on('data', (bytes) => {
      if (bytes.equals(FAREWELL)) seen.farewells += 1;
      server.write(bytes);
    });
    client.on('error', () => undefined).on('close', () => server.destroy());
    server.on('error', () => undefined).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
  return {
    port: (pooler.address() as { port: number }).port,
    get farewells() {
      return seen.farewells;
    },
    [Symbol.asyncDispose]: async () => void pooler.close(),
  };
};
