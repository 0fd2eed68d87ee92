import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to our store on which answers can be lost. */
export type StoreLink = AsyncDisposable & {
  /** The same connection string over this line. */
  readonly over: (url: string) => string;
  /**
   * The database does what the next statement of that form says, and nobody hears of it: the line ends in the answer's place.
   * Resolves then.
   */
  readonly loseAnswerTo: (statement: RegExp) => Promise<void>;
};

/** Of PostgreSQL's protocol: what begins with a type and its length, behind a first message without a type. */
const HEADER_BYTES = 5;
const READY = 'Z'.charCodeAt(0);

/** Tells the statements in what a client sends: `Q` is one, and `P` the text of one that is prepared. */
const createReader = (onStatement: (text: string) => void) => {
  let [rest, isFirst] = [Buffer.alloc(0), true];
  const lengthOf = (): number => (isFirst ? rest.readInt32BE(0) : rest.readInt32BE(1) + 1);
  return (bytes: Buffer): void => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES && rest.length >= lengthOf()) {
      const message = rest.subarray(0, lengthOf());
      rest = rest.subarray(message.length);
      const type = isFirst ? '' : String.fromCharCode(message[0] ?? 0);
      isFirst = false;
      if (type === 'Q' || type === 'P')
        onStatement(message.toString('utf8', HEADER_BYTES).replaceAll('\0', ' ').trim());
    }
  };
};

/** Whether what the server said ends with its being ready for the next statement: six bytes. */
const isDone = (bytes: Buffer): boolean => bytes.at(-6) === READY;

/** Opens a line to the store whose connection string `over` is given. */
export const openStoreLink = async (): Promise<StoreLink> => {
  let target = 0;
  let next: { readonly statement: RegExp; readonly resolve: () => void } | undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const link = createServer((socket) => {
    const [client, server] = [keep(socket), keep(connect(target, '127.0.0.1'))];
    let lost: typeof next;
    const read = createReader((statement) => {
      if (next?.statement.test(statement)) [lost, next] = [next, undefined];
    });
    client.on('data', (bytes: Buffer) => {
      read(bytes);
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (lost === undefined) client.write(bytes);
      else if (isDone(bytes)) {
        client.resetAndDestroy();
        lost.resolve();
      }
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  link.listen(0, '127.0.0.1');
  await once(link, 'listening');
  return {
    over: (text) => {
      const url = new URL(text);
      target = Number(url.port);
      url.port = String((link.address() as AddressInfo).port);
      return url.href;
    },
    loseAnswerTo: (statement) =>
      new Promise((resolve) => {
        next = { statement, resolve };
      }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      link.close();
      await once(link, 'close');
    },
  };
};
