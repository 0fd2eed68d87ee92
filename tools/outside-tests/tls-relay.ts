/** What a server of TLS outside the sandbox tells the test file that it listens for, and asks of it. */
import type { Socket } from 'node:net';
import {
  createSecureContext,
  createServer,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls';

/** Node's events and options whose last argument is called back; the file answers. */
const ASKED = ['OCSPRequest', 'newSession', 'resumeSession'] as const;

type Ask = (event: string, args: readonly unknown[], done: (...answer: never[]) => void) => void;

/** `asks` names what the file wants to be asked; what comes of it are plain values. */
export const createSecureServer = (options: object, asks: readonly string[], ask: Ask): TlsServer => {
  const sni = (name: string, done: (...answer: never[]) => void): void => ask('SNICallback', [name], done);
  return createServer({
    ...(options as TlsOptions),
    ...(asks.includes('SNICallback') ? { SNICallback: sni as never } : {}),
    // The file's own function cannot be asked in time; the hint is sent before anybody would.
    ...(asks.includes('pskCallback') ? { pskCallback: () => null } : {}),
    pauseOnConnect: false,
  });
};

/** From now on the file is asked where Node would call its listener. */
export const askFor = (server: TlsServer, event: string, ask: Ask): void => {
  if (!(ASKED as readonly string[]).includes(event) || server.listenerCount(event) > 0) return;
  server.on(event, (...args: unknown[]) => {
    const done = args.pop() as (...answer: never[]) => void;
    ask(event, args, done);
  });
};

/** Contexts of TLS as the file describes them. */
export const makeContext = (options: object): SecureContext => createSecureContext(options);

/** Of the file's own certificate the first, which hangs on its issuers. */
const ownChainOf = (socket: TLSSocket): Buffer[] => {
  const chain: Buffer[] = [];
  for (let next = socket.getX509Certificate(); next !== undefined; next = next.issuerCertificate) chain.push(next.raw);
  return chain;
};

/** A certificate as Node shows it in detail, each without its issuer, which follows. */
const chainOf = (certificate: DetailedPeerCertificate): object[] => {
  const chain: object[] = [];
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next !== undefined && Object.keys(next).length > 0) {
    const { issuerCertificate, ...fields }: DetailedPeerCertificate = next;
    chain.push(fields);
    next = issuerCertificate === next ? undefined : issuerCertificate;
  }
  return chain;
};

const own = (certificate: object | null): object | null =>
  certificate && Object.keys(certificate).length > 0 ? certificate : null;

/** All that Node tells of a connection, at the moment when it is secure. */
export const tlsFactsOf = (socket: TLSSocket): Readonly<Record<string, unknown>> => ({
  authorized: socket.authorized,
  authorizationError: socket.authorizationError ?? null,
  alpnProtocol: socket.alpnProtocol,
  servername: (socket as TLSSocket & { servername?: unknown }).servername ?? false,
  protocol: socket.getProtocol(),
  cipher: socket.getCipher(),
  ephemeralKey: socket.getEphemeralKeyInfo(),
  peerCertificates: chainOf(socket.getPeerCertificate(true)),
  ownCertificate: own(socket.getCertificate()),
  ownChain: ownChainOf(socket),
  session: socket.getSession(),
  sessionReused: socket.isSessionReused(),
  ticket: socket.getTLSTicket(),
  finished: socket.getFinished(),
  peerFinished: socket.getPeerFinished(),
  sharedSigalgs: socket.getSharedSigalgs(),
});

/** What a file may do to a client of its server. */
export const callOn = (client: Socket | undefined, name: string, args: readonly unknown[]): void => {
  if (client === undefined || client.destroyed) return;
  if (name === 'destroy') client.destroy();
  else if (name === 'setMaxSendFragment') (client as TLSSocket).setMaxSendFragment(args[0] as number);
  else if (name === 'disableRenegotiation') (client as TLSSocket).disableRenegotiation();
};
