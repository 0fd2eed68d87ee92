/** A browser as far as a sign-in needs one: cookies by host and port, redirects, forms. */
export const createBrowser = () => {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const cookiesFor = (url: string): string => [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = async (url: string, init: { method?: string; body?: URLSearchParams } = {}) => {
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie: cookiesFor(url) } });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '' || /max-age=0/i.test(cookie)) jarOf(url).delete(name);
      else jarOf(url).set(name, value);
    }
    return response;
  };
  const next = (response: Response, url: string): string | undefined => {
    const location = response.headers.get('location');
    return location === null ? undefined : new URL(location, url).href;
  };
  /** Follows redirects until one leads to `until`, or to a page; answers where it ended and what is there. */
  const visit = async (from: string, until: RegExp, form?: URLSearchParams): Promise<{ url: string; text: string }> => {
    let url = from;
    let response = await send(url, form === undefined ? {} : { method: 'POST', body: form });
    for (let to = next(response, url); to !== undefined; to = next(response, url)) {
      url = to;
      if (until.test(url)) return { url, text: '' };
      response = await send(url);
    }
    return { url, text: await response.text() };
  };
  return { visit, send, cookiesFor };
};

/** Signs in at the issuer's own pages and agrees to everything; answers where the issuer leads to then. */
export const signInAtIssuer = async (
  browser: ReturnType<typeof createBrowser>,
  from: string,
  { login, back }: { readonly login: string; readonly back: RegExp },
): Promise<string> => {
  let at = await browser.visit(from, back);
  for (let page = 0; page < 3 && !back.test(at.url); page += 1) {
    const action = /<form[^>]* action="([^"]+)"/.exec(at.text)?.[1] ?? at.url;
    const prompt = /name="prompt" value="(\w+)"/.exec(at.text)?.[1] ?? 'consent';
    const form = new URLSearchParams({ prompt, login, password: 'any' });
    at = await browser.visit(new URL(action, at.url).href, back, form);
  }
  return at.url;
};
