/** `tls.TLSSocket`: the host speaks TLS on the connection of a `net.Socket`, which this socket takes over. */
import type { SecureInfo } from '../../../bridge/operations.ts';
import { channelOf, Socket } from '../net/socket.ts';
import { CONNECTION_OPTIONS, contextOptions, type Options, pick } from './secure-context.ts';
import { checkServerIdentity } from './server-identity.ts';

type IdentityCheck = (hostname: string, certificate: Record<string, unknown>) => Error | undefined;

function unsupported(name: string): Error {
  return Object.assign(new Error(`tls: ${name} is not available to scripts`), { code: 'ERR_UNAVAILABLE' });
}

export class TLSSocket extends Socket {
  readonly encrypted = true;
  authorized = false;
  authorizationError: unknown = null;
  alpnProtocol: string | false | null = null;
  #info: SecureInfo | undefined;
  #identityCheck: IdentityCheck | undefined;
  #servername = '';
  #rejectUnauthorized = true;

  constructor(socket?: object, options: Options = {}) {
    super();
    if (socket instanceof Socket) this.#takeOver(socket, options);
    else if (socket !== undefined) throw unsupported('TLS over a stream that is no socket');
  }

  #takeOver(parent: Socket, options: Options): void {
    const custom = options.checkServerIdentity;
    if (typeof custom === 'function' && custom !== checkServerIdentity) this.#identityCheck = custom as IdentityCheck;
    this.#rejectUnauthorized = options.rejectUnauthorized !== false;
    this._host = String(options.host ?? parent._host);
    this.#servername = String(options.servername ?? this._host);
    const channel = this._attach();
    const tlsOptions = {
      ...contextOptions(options),
      ...pick(options, CONNECTION_OPTIONS),
      host: this._host,
      customIdentity: this.#identityCheck !== undefined,
    };
    const start = (): void => {
      const parentChannel = channelOf(parent);
      if (parentChannel === undefined) this.destroy(new Error('The socket is closed'));
      else channel.secure(parentChannel.id, tlsOptions);
    };
    if (parent.connecting) parent.once('connect', start);
    else start();
    this.once('close', () => parent.destroy());
    parent.once('error', (error: Error) => this.destroy(error));
    parent.once('close', () => this.destroy());
  }

  protected override _onSecure(info: SecureInfo): void {
    this.#info = info;
    this.authorized = info.authorized;
    this.authorizationError = info.authorizationError;
    this.alpnProtocol = info.alpnProtocol;
    const failure = this.#identityCheck?.(this.#servername, this.getPeerCertificate());
    if (failure) {
      this.authorized = false;
      this.authorizationError = (failure as { code?: unknown }).code ?? failure.message;
      if (this.#rejectUnauthorized) {
        this.destroy(failure);
        return;
      }
    }
    this._ready();
    this.emit('secure');
    this.emit('secureConnect');
    this.read(0);
  }

  getPeerCertificate(): Record<string, unknown> {
    return this.#info?.peerCertificate ?? {};
  }
  getCipher(): unknown {
    return this.#info?.cipher;
  }
  getProtocol(): string | null {
    return this.#info?.protocol ?? null;
  }
  isSessionReused(): boolean {
    return this.#info?.sessionReused ?? false;
  }
  getCertificate(): object {
    return {};
  }
  getEphemeralKeyInfo(): object {
    return {};
  }
  getSession(): undefined {
    return undefined;
  }
  getTLSTicket(): undefined {
    return undefined;
  }
  getFinished(): undefined {
    return undefined;
  }
  getPeerFinished(): undefined {
    return undefined;
  }
  setMaxSendFragment(): boolean {
    return true;
  }
  setServername(): void {}
  enableTrace(): void {}
  disableRenegotiation(): void {}
  renegotiate(): never {
    throw unsupported('renegotiate');
  }
  exportKeyingMaterial(): never {
    throw unsupported('exportKeyingMaterial');
  }
}
