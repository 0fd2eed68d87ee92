import * as base from 'querystring-es3';

function unescapeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const querystring = { ...base, escape: encodeURIComponent, unescape: unescapeText };
