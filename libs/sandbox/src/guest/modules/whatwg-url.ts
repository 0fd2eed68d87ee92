/** `URL` and `URLSearchParams`: the npm package, shown as Node shows them. */
import { URL, URLSearchParams } from 'whatwg-url';
import { showBy, showSearchParams, showUrl } from './util/custom-inspect.ts';

showBy(URL, 'URL', showUrl);
showBy(URLSearchParams, 'URLSearchParams', showSearchParams);

export const whatwgUrl = { URL, URLSearchParams };
