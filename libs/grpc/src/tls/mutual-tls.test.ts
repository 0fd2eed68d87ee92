import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { HealthClient, healthCheckResponse_ServingStatusToJSON } from '@userferry/contracts/grpc/health/v1/health';
import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { createAuthority, type LocalAuthority, type LocalCertificate } from '@userferry/local-databases';
import { createLogger, type Logger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, createServer, service, serviceTokenAuthenticate } from '../index.ts';
import { type Certificates, createCertificates } from './certificates.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const silent = createLogger({ service: 'test', level: 'silent' });
const unused = () => {
  throw new Error('not part of this test');
};
const stacks: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const each of stacks.splice(0).reverse()) await each.disposeAsync();
});

const onEnd = (end: () => unknown): void => {
  const each = new AsyncDisposableStack();
  each.defer(async () => void (await end()));
  stacks.push(each);
};

type Line = { readonly msg: string; readonly [fact: string]: unknown };

/** A logger that keeps its lines. */
const keeping = (): { readonly log: Logger; readonly lines: Line[] } => {
  const lines: Line[] = [];
  const write = (facts: object, msg: string) => void lines.push({ ...facts, msg });
  const log = { info: write, warn: write, error: write, debug: write, level: 'info', child: () => log };
  return { log: log as unknown as Logger, lines };
};

/** A folder with the three files, which can be written anew. */
const folderOf = (made: LocalCertificate, authorities = made.caCertificate) => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-tls-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const files = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
  };
  const write = (next: LocalCertificate, ca = next.caCertificate) => {
    writeFileSync(files.caFile, ca);
    writeFileSync(files.certFile, next.certificate);
    writeFileSync(files.keyFile, next.privateKey);
  };
  write(made, authorities);
  return { folder, files, write };
};

const certificatesOf = async (
  files: ReturnType<typeof folderOf>['files'],
  log = silent,
  clock = Date.now,
): Promise<Certificates> => {
  const certificates = await createCertificates({ ...files, log, lookMs: 20, clock });
  onEnd(() => certificates[Symbol.dispose]());
  return certificates;
};

const SERVER = 'public-ip-service';
const PEERS = ['script-runner', 'spiffe://example.org/ns/userferry/sa/identity-gateway'];

type ServeOptions = { readonly log?: Logger; readonly connectionAgeMs?: number; readonly made?: LocalCertificate };

const serve = async (authority: LocalAuthority, { log = silent, made, ...options }: ServeOptions = {}) => {
  const files = folderOf(made ?? authority.issue([SERVER]), authority.caCertificate);
  const certificates = await certificatesOf(files.files, log);
  const answer = ListPublicIpsResponse.fromPartial({ ips: ['192.0.2.1'] });
  const handlers = { watchPublicIps: unused, reportEgress: unused, listPublicIps: async () => answer };
  const server = await createServer({
    host: '127.0.0.1',
    port: 0,
    services: [service<PublicIpServiceServer>(PublicIpServiceService, handlers)],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log,
    callMsMax: 10_000,
    tls: { certificates, peers: PEERS },
    ...options,
  });
  onEnd(() => server[Symbol.asyncDispose]());
  return { address: `127.0.0.1:${server.port}`, files };
};

const clientOf = async (address: string, made: LocalCertificate, trusted = made.caCertificate) => {
  const files = folderOf(made, trusted);
  const certificates = await certificatesOf(files.files);
  const open = () =>
    createClient(PublicIpServiceClient, { address, token: TOKEN, tls: { certificates, server: SERVER } });
  const client = open();
  onEnd(() => client[Symbol.dispose]());
  return { client, open, files, certificates };
};

const inTime = () => ({ requestId: 'request-1', deadlineMs: Date.now() + 10_000 });
const REQUEST = ListPublicIpsRequest.fromPartial({});
const call = async ({ client }: { client: Awaited<ReturnType<typeof clientOf>>['client'] }): Promise<string> => {
  try {
    return (await client.listPublicIps(REQUEST, inTime())).ips.join();
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};
/** Health of the certificates, as somebody sees it who has none. */
const healthOf = async (address: string, caCertificate: string): Promise<string> => {
  const { files } = folderOf(createAuthority().issue(['x']), caCertificate);
  const certificates = await createCertificates({ caFile: files.caFile, log: silent });
  onEnd(() => certificates[Symbol.dispose]());
  using client = createClient(HealthClient, { address, tls: { certificates, server: SERVER } });
  const { status } = await client.check({ service: 'certificates' }, inTime());
  return healthCheckResponse_ServingStatusToJSON(status);
};
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(10);
};

const dial = (address: string, made: LocalCertificate, session?: Buffer): TLSSocket => {
  const [host = '', port = ''] = address.split(':');
  const { certificate: cert, privateKey: key, caCertificate: ca } = made;
  return connectTls({ host, port: Number(port), servername: SERVER, cert, key, ca, session, ALPNProtocols: ['h2'] });
};

/** What TLS gives a client so that it can take up where it left off. */
const sessionOf = async (address: string, made: LocalCertificate): Promise<Buffer> => {
  const socket = dial(address, made);
  const [session] = (await once(socket, 'session')) as [Buffer];
  socket.destroy();
  return session;
};

/** A call by hand, over a session that was there before. */
const rawCall = async (address: string, made: LocalCertificate, session: Buffer) => {
  const socket = dial(address, made, session);
  await once(socket, 'secureConnect');
  const client = connectHttp2(`https://${address}`, { createConnection: () => socket });
  const path = `/${PublicIpServiceClient.serviceName}/ListPublicIps`;
  const headers = { ':method': 'POST', ':path': path, te: 'trailers', 'content-type': 'application/grpc' };
  const stream = client.request({ ...headers, authorization: `Bearer ${TOKEN}` });
  const status = new Promise((resolve) => {
    for (const event of ['response', 'trailers'] as const)
      stream.on(event, (found: Record<string, unknown>) => found['grpc-status'] && resolve(found['grpc-status']));
  });
  stream.resume().end(Buffer.alloc(5));
  const answer = { reused: socket.isSessionReused(), grpcStatus: await status };
  client.destroy();
  return answer;
};

describe('a peer', () => {
  it('is let in by a DNS name or a URI of its certificate that is on the list', async () => {
    const authority = createAuthority();
    const { address } = await serve(authority);
    for (const name of [...PEERS, 'Script-Runner'])
      expect(await call(await clientOf(address, authority.issue(['other.example', name])))).toBe('192.0.2.1');
  });

  it('is refused with a reason when no name of its certificate is on the list, and the log has its names', async () => {
    const authority = createAuthority();
    const { log, lines } = keeping();
    const { address } = await serve(authority, { log });
    const foreign = ['migration-service', 'spiffe://example.org/ns/other'];
    expect(await call(await clientOf(address, authority.issue(foreign)))).toBe('PEER_NOT_ALLOWED');
    expect(lines.filter(({ msg }) => msg === 'a peer is refused')).toMatchObject([{ names: foreign }]);
  });

  it('has no name by what it wrote into another one', async () => {
    const authority = createAuthority();
    const { address } = await serve(authority);
    const names = ['spiffe://x/, DNS:script-runner', 'script-runner.example', 'x", DNS:script-runner, URI:"y'];
    for (const name of names)
      expect(await call(await clientOf(address, authority.issue([name])))).toBe('PEER_NOT_ALLOWED');
  });

  it('of another authority is refused with a reason, and so is one whose certificate has ended', async () => {
    const authority = createAuthority();
    const { address } = await serve(authority);
    const stranger = createAuthority().issue(['script-runner']);
    expect(await call(await clientOf(address, stranger, authority.caCertificate))).toBe('PEER_UNKNOWN');
    const client = await clientOf(address, authority.issue(['script-runner'], 5 / 86_400));
    await until(() => client.certificates.current().endsMs + 1_000 < Date.now());
    expect(await call(client)).toBe('PEER_UNKNOWN');
  });

  it('that resumes a TLS session is refused all the same when its certificate has ended since', async () => {
    const authority = createAuthority();
    const { address } = await serve(authority, { connectionAgeMs: 500 });
    const made = authority.issue(['script-runner'], 8 / 86_400);
    const session = await sessionOf(address, made);
    expect(await rawCall(address, made, session)).toEqual({ reused: true, grpcStatus: '0' });
    await until(() => new X509Certificate(made.certificate).validToDate.getTime() + 700 < Date.now());
    expect(await rawCall(address, made, session)).toEqual({ reused: true, grpcStatus: '16' });
  });

  it('without a certificate may ask for health and for nothing else', async () => {
    const authority = createAuthority();
    const { address } = await serve(authority);
    const { files } = folderOf(authority.issue(['x']));
    const certificates = await createCertificates({ caFile: files.caFile, log: silent });
    onEnd(() => certificates[Symbol.dispose]());
    using client = createClient(PublicIpServiceClient, {
      address,
      token: TOKEN,
      tls: { certificates, server: SERVER },
    });
    expect(await call({ client })).toBe('PEER_UNKNOWN');
    expect(await healthOf(address, authority.caCertificate)).toBe('SERVING');
  });

  it('that speaks plaintext is not answered', async () => {
    const { address } = await serve(createAuthority());
    using client = createClient(PublicIpServiceClient, { address, token: TOKEN });
    expect(await call({ client })).toBe('SERVICE_UNAVAILABLE');
  });
});

describe('a server', () => {
  it('is not believed under another name, another authority, or when its certificate has ended', async () => {
    const authority = createAuthority();
    const peer = authority.issue(['script-runner']);
    const { address: misnamed } = await serve(authority, { made: authority.issue(['migration-service']) });
    expect(await call(await clientOf(misnamed, peer))).toBe('SERVICE_UNAVAILABLE');
    const { address: foreign } = await serve(createAuthority());
    expect(await call(await clientOf(foreign, peer))).toBe('SERVICE_UNAVAILABLE');
    const ending = authority.issue([SERVER], 5 / 86_400);
    const { address: ended } = await serve(authority, { made: ending });
    await until(() => new X509Certificate(ending.certificate).validToDate.getTime() + 1_000 < Date.now());
    expect(await call(await clientOf(ended, peer))).toBe('SERVICE_UNAVAILABLE');
  });

  it('is believed by its address where its certificate has it', async () => {
    const authority = createAuthority();
    const { address } = await serve(authority, { made: authority.issue(['127.0.0.1']) });
    expect(await call(await clientOf(address, authority.issue(['script-runner'])))).toBe('192.0.2.1');
  });
});

describe('new certificates', () => {
  it('are taken while calls run, authority and all, and no call fails', async () => {
    const [old, next] = [createAuthority(), createAuthority()];
    const both = old.caCertificate + next.caCertificate;
    const { address, files } = await serve(old, { connectionAgeMs: 100 });
    const peer = await clientOf(address, old.issue(['script-runner']));
    const answers = new Map<string, number>();
    let stopped = false;
    const callers = Array.from({ length: 4 }, async () => {
      while (!stopped) {
        const answer = await call(peer);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    });
    const calls = () => [...answers.values()].reduce((sum, count) => sum + count, 0);
    const aWhile = async () => {
      const [before, since] = [calls(), Date.now()];
      await until(() => calls() > before + 50 && Date.now() > since + 300);
    };
    await aWhile();
    files.write(old.issue([SERVER]), both);
    peer.files.write(old.issue(['script-runner']), both);
    await aWhile();
    files.write(next.issue([SERVER]), both);
    peer.files.write(next.issue(['script-runner']), both);
    await aWhile();
    files.write(next.issue([SERVER]));
    peer.files.write(next.issue(['script-runner']));
    await aWhile();
    stopped = true;
    await Promise.all(callers);
    expect([...answers.keys()]).toEqual(['192.0.2.1']);
    // The old authority is worth nothing any more.
    const late = await clientOf(address, old.issue(['script-runner']), both);
    expect(await call(late)).toBe('PEER_UNKNOWN');
  });

  it('are taken when a symbolic link is swapped, as Kubernetes does it', async () => {
    const authority = createAuthority();
    const [first, second] = [authority.issue(['one.example']), authority.issue(['two.example'])];
    const folder = mkdtempSync(join(tmpdir(), 'userferry-tls-'));
    onEnd(() => rmSync(folder, { recursive: true, force: true }));
    const put = (name: string, made: LocalCertificate) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'ca.crt'), made.caCertificate);
      writeFileSync(join(folder, name, 'tls.crt'), made.certificate);
      writeFileSync(join(folder, name, 'tls.key'), made.privateKey);
      symlinkSync(name, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    put('..first', first);
    for (const name of ['ca.crt', 'tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(folder, name));
    const [caFile, certFile, keyFile] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const certificates = await certificatesOf({ caFile, certFile, keyFile });
    expect(certificates.current().names).toBe('DNS:one.example');
    put('..second', second);
    await until(() => certificates.current().names === 'DNS:two.example');
  });

  it.each([
    ['no certificate', (files: Files) => writeFileSync(files.certFile, 'nothing')],
    ['half a certificate', (files: Files) => writeFileSync(files.certFile, '-----BEGIN CERTIFICATE-----\nMIIB\n')],
    ['the key of another', (files: Files) => writeFileSync(files.keyFile, createAuthority().issue(['x']).privateKey)],
    ['no authority', (files: Files) => writeFileSync(files.caFile, '')],
    ['no file', (files: Files) => rmSync(files.keyFile)],
    [
      'a certificate that has ended',
      (files: Files) => {
        const ended = createAuthority().issue([SERVER], -1);
        writeFileSync(files.certFile, ended.certificate);
        writeFileSync(files.keyFile, ended.privateKey);
      },
    ],
    [
      'a certificate of another authority',
      (files: Files) => {
        const foreign = createAuthority().issue([SERVER]);
        writeFileSync(files.certFile, foreign.certificate);
        writeFileSync(files.keyFile, foreign.privateKey);
      },
    ],
  ])('that are %s are not taken: the old ones stay, and log and health say so', async (_, spoil) => {
    const authority = createAuthority();
    const { log, lines } = keeping();
    const { address, files } = await serve(authority, { log });
    const peer = await clientOf(address, authority.issue(['script-runner']));
    spoil(files.files);
    const loud = () => lines.find(({ msg }) => msg === 'the certificate files cannot be used: the old ones stay');
    await until(() => loud() !== undefined);
    expect(await healthOf(address, authority.caCertificate)).toBe('NOT_SERVING');
    using anew = peer.open();
    expect(await call({ client: anew })).toBe('192.0.2.1');
    expect(JSON.stringify(lines)).not.toContain('PRIVATE KEY');
    files.write(authority.issue([SERVER]));
    await until(() => lines.some(({ msg }) => msg === 'the certificate files are fine again'));
    expect(await healthOf(address, authority.caCertificate)).toBe('SERVING');
  });

  it('that are broken at the start are told in words without their content', async () => {
    const { files } = folderOf(createAuthority().issue([SERVER]));
    writeFileSync(files.keyFile, 'a-very-secret-key');
    const problem = await createCertificates({ ...files, log: silent }).catch(String);
    expect(problem).toContain('the file of the key holds no private key');
    expect(problem).not.toContain('a-very-secret-key');
  });

  it('that are missed are called for: under a fifth of its life left, a certificate is late', async () => {
    const { log, lines } = keeping();
    const { files } = folderOf(createAuthority().issue([SERVER], 1));
    const certificates = await certificatesOf(files, log);
    expect(certificates.isFine()).toBe(false);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'the certificate ends soon and was not renewed', daysLeft: expect.any(Number) }),
    );
  });

  it('that end while they are used are told of at once, and new ones are still taken', async () => {
    const authority = createAuthority();
    const { log, lines } = keeping();
    const { files, write } = folderOf(authority.issue([SERVER], 1));
    let aheadMs = 0;
    const certificates = await certificatesOf(files, log, () => Date.now() + aheadMs);
    const turned: boolean[] = [];
    certificates.onTurn((isFine) => turned.push(isFine));
    aheadMs = 86_400_000;
    await until(() => lines.some(({ msg }) => msg === 'the certificate has ended'));
    write(authority.issue([SERVER], 30));
    await until(() => lines.some(({ msg }) => msg === 'the certificate files are fine again'));
    expect(turned).toEqual([true]);
  });
});

type Files = ReturnType<typeof folderOf>['files'];
