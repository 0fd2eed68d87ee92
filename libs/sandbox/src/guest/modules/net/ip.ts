/** Address literals as `net.isIP` tells them. */
const V4_PART = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const V4 = new RegExp(`^${V4_PART}(?:\\.${V4_PART}){3}$`);
const V6_GROUP = /^[0-9a-fA-F]{1,4}$/;

export const isIPv4 = (text: unknown): boolean => V4.test(String(text));

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

export function isIPv6(text: unknown): boolean {
  let address = String(text).replace(/%[0-9a-zA-Z.-]+$/, '');
  const embedded = /^(.*:)([^:]*\.[^:]*)$/.exec(address);
  if (embedded) {
    if (!isIPv4(embedded[2])) return false;
    address = `${embedded[1]}0:0`;
  }
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap(groupsOf);
  if (!groups.every((group) => V6_GROUP.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

export function isIP(text: unknown): 0 | 4 | 6 {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}
