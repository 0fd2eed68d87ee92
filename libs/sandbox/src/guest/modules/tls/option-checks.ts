/** What Node checks of TLS options before it looks at the material in them, with its errors. */
import { Buffer } from '../buffer.ts';
import {
  invalidArgType,
  invalidArgValue,
  nodeError,
  outOfRange,
  validateNumber,
  validateString,
} from '../node-errors.ts';

type Options = Readonly<Record<string, unknown>>;

const TICKET_KEYS_BYTES = 48;
const MAX_INT32 = 2 ** 31 - 1;
const MAX_PROTOCOL_BYTES = 255;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** There is no OpenSSL engine for scripts, as there is none in a Node that was built without them. */
function checkEngines({ clientCertEngine, privateKeyEngine, privateKeyIdentifier }: Options): void {
  const engines = {
    clientCertEngine,
    ...(isGiven(privateKeyIdentifier) ? { privateKeyEngine, privateKeyIdentifier } : {}),
  };
  for (const [name, value] of Object.entries(engines)) {
    if (isGiven(value) && typeof value !== 'string') {
      throw invalidArgType(`options.${name}`, 'of type string or one of null or undefined', value);
    }
  }
  if (typeof clientCertEngine !== 'string' && typeof privateKeyEngine !== 'string') return;
  const message = 'Custom engines not supported by this OpenSSL';
  throw nodeError(Error, 'ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED', message);
}

function checkTicketKeys(keys: unknown): void {
  if (!isGiven(keys)) return;
  if (!ArrayBuffer.isView(keys)) {
    throw invalidArgType('options.ticketKeys', 'an instance of Buffer, TypedArray, or DataView', keys);
  }
  if (keys.byteLength !== TICKET_KEYS_BYTES) {
    throw invalidArgValue('options.ticketKeys', keys.byteLength, `must be exactly ${TICKET_KEYS_BYTES} bytes`);
  }
}

function checkSessionTimeout(seconds: unknown): void {
  if (!isGiven(seconds)) return;
  const name = 'options.sessionTimeout';
  validateNumber(seconds, name);
  if (!Number.isInteger(seconds)) throw outOfRange(name, 'an integer', seconds);
  if ((seconds as number) < 0 || (seconds as number) > MAX_INT32) {
    throw outOfRange(name, `>= 0 && <= ${MAX_INT32}`, seconds);
  }
}

export function checkContextOptions(options: Options): void {
  checkEngines(options);
  checkTicketKeys(options.ticketKeys);
  checkSessionTimeout(options.sessionTimeout);
  if (isGiven(options.sessionIdContext)) validateString(options.sessionIdContext, 'options.sessionIdContext');
}

/** `tls.connect` fills in what is missing, and not what is there and `undefined`. */
export function checkConnectOptions(options: Options): void {
  const { checkServerIdentity, minDHSize = 1 } = options;
  if ('checkServerIdentity' in options && typeof checkServerIdentity !== 'function') {
    throw invalidArgType('options.checkServerIdentity', 'of type function', checkServerIdentity);
  }
  validateNumber(minDHSize, 'options.minDHSize');
  if (!((minDHSize as number) >= 1)) throw outOfRange('options.minDHSize', '>= 1', minDHSize);
}

/** The names of protocols as they go over the wire, each after its length. */
export function convertALPNProtocols(protocols: unknown, into: Record<string, unknown>): void {
  if (ArrayBuffer.isView(protocols)) {
    const { buffer, byteOffset, byteLength } = protocols;
    const bytes = Buffer.from(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength));
    let at = 0;
    while (at < bytes.length) at += 1 + (bytes[at] as number);
    if (at > bytes.length) throw invalidArgValue('ALPNProtocols', bytes, 'contains truncated protocol');
    into.ALPNProtocols = bytes;
  } else if (Array.isArray(protocols)) {
    const names = protocols.map((name, index) => {
      const length = Buffer.byteLength(name as string);
      if (length <= MAX_PROTOCOL_BYTES) return Buffer.concat([Buffer.from([length]), Buffer.from(name as string)]);
      const what = `The byte length of the protocol at index ${index} exceeds the maximum length.`;
      throw nodeError(
        RangeError,
        'ERR_OUT_OF_RANGE',
        `${what} It must be <= ${MAX_PROTOCOL_BYTES}. Received ${length}`,
      );
    });
    into.ALPNProtocols = Buffer.concat(names);
  }
}
