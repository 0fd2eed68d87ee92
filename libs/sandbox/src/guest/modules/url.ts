/** `url`: the legacy parser plus the WHATWG classes, loaded when first asked for. */
import * as legacy from 'url/';

const whatwg = (name: 'URL' | 'URLSearchParams'): PropertyDescriptor => ({
  enumerable: true,
  configurable: true,
  get: () => globalThis[name],
});

function urlToHttpOptions(url: URL): Record<string, unknown> {
  const { protocol, hostname, hash, search, pathname, href, port, username, password } = url;
  const options: Record<string, unknown> = {
    protocol,
    hostname,
    hash,
    search,
    pathname,
    path: pathname + search,
    href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

const domainToASCII = (domain: string): string => {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return '';
  }
};

export const url = Object.defineProperties(
  {
    ...legacy,
    urlToHttpOptions,
    domainToASCII,
    fileURLToPath: (value: string | URL) => decodeURIComponent(new URL(value).pathname),
    pathToFileURL: (path: string) => new URL(`file://${path}`),
  },
  { URL: whatwg('URL'), URLSearchParams: whatwg('URLSearchParams') },
);
