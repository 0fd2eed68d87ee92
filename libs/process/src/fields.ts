import { isIP } from 'node:net';
import { z } from 'zod';

/** A number of this form. By itself a blank would be 0, and `1e3` and `0x10` what nobody reads them for. */
const numeric = (form: RegExp, error: string) => z.string().trim().regex(form, error).transform(Number);

/** A whole number within bounds, from text. */
export const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return numeric(/^\d+$/, error).pipe(z.number().min(min, { error }).max(max, { error }));
};

/** A TCP port; 0 lets the system choose. */
export const port = () => whole(0, 65535);

/** Digits and dots alone are an address, or none. */
const HOST_NAME = /^(?![\d.]+$)[\w-]+(\.[\w-]+)*\.?$/;

/** Where a port is listened on, by itself: the port has a variable of its own. */
export const listenHost = () =>
  z
    .string()
    .refine(
      (text) => isIP(text) !== 0 || HOST_NAME.test(text),
      'must be an address or a name alone, without brackets, scheme or port',
    )
    .meta({ example: '127.0.0.1' });

const ADDRESS = /^((dns:\/\/\/)?(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}|ipv4:[\d.]+:\d{1,5}(,[\d.]+:\d{1,5})*)$/;

/** Whether each port in it is one that a service can be at. */
const hasPorts = (address: string): boolean =>
  [...address.matchAll(/:(\d+)(?=,|$)/g)].every(([, digits]) => Number(digits) >= 1 && Number(digits) <= 65_535);

/** `host:port`, `[::1]:port` or `dns:///name:port`, as gRPC takes it. */
export const grpcAddress = () =>
  z
    .string()
    .regex(ADDRESS, 'must be host:port, dns:///name:port or ipv4:address:port,address:port')
    .refine(hasPorts, 'must have ports from 1 to 65535')
    .meta({ example: 'dns:///service.example:7102' });

/** A region's name: as a DNS label, which is what clouds call theirs, and what fits into a query without escapes. */
export const REGION_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const region = () =>
  z.string().regex(REGION_NAME, 'must be 1 to 63 lower-case letters, digits or "-"').meta({ example: 'eu-west-1' });

/** Whether a text is an `https://` URL without a user, or an `http://` one of this machine. */
export const isWebUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname));
};

const isHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
};

/** Where something is posted to or asked over the web. */
export const webUrl = () =>
  z
    .string()
    .refine(isWebUrl, 'must be an https:// URL without a user in it')
    .meta({ example: 'https://hooks.example/userferry' });

/** A list with commas between, blanks and empty items dropped. */
export const commaList = () =>
  z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(',').map((pair) => pair.split(/=(.*)/s, 2).map((part) => part.trim())));

/** `name=value` with commas between: HTTP headers. */
const headerList = () =>
  z
    .string()
    .refine(
      (text) =>
        text.split(',').every((pair) => /^\s*[\w-]+\s*=\s*[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?\s*$/.test(pair)),
      'must be name=value with commas between',
    )
    .transform(pairs);

/** Tokens with commas between: the first is shown to others, each is taken, so that one can follow another. */
const serviceTokens = () => {
  const error = 'must be of 32 to 512 visible ASCII characters, or several such with commas between';
  const token = z.string().regex(/^[\x21-\x7e]{32,512}$/, error);
  return commaList()
    .pipe(z.tuple([token], token, error))
    .meta({ example: 'what `openssl rand -hex 32` prints' });
};

const RATIO = 'must be a number from 0 to 1';

/** What a service shows of itself: where its metrics are read, where its traces go. Both are off by default. */
const telemetryFields = {
  USERFERRY_METRICS_PORT: port().optional(),
  USERFERRY_METRICS_HOST: listenHost().default('127.0.0.1'),
  USERFERRY_TRACES_URL: z
    .string()
    .refine(isHttpUrl, 'must be an http:// or https:// URL without a user in it')
    .optional(),
  USERFERRY_TRACES_HEADERS: headerList().default({}),
  USERFERRY_TRACES_RATIO: numeric(/^(\d+(\.\d+)?|\.\d+)$/, RATIO)
    .pipe(z.number().max(1, RATIO))
    .default(1),
} as const;

/** The variables that every service has. */
export const serviceFields = {
  ...telemetryFields,
  USERFERRY_LISTEN_HOST: listenHost().default('127.0.0.1'),
  USERFERRY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  USERFERRY_SERVICE_TOKEN: serviceTokens(),
  USERFERRY_STOP_DELAY_MS: whole(0, 120_000).default(0),
  USERFERRY_CONNECTION_AGE_MS: whole(1_000, 86_400_000).default(300_000),
} as const;
