/**
 * A number by which guest and host recognise a session that may be kept, without a word of what its key holds, which may be
 * a password. It decides nothing: the host gives a session to the whole key alone.
 */
export function sessionMark(host: string, port: number, family: number, key: string): number {
  const text = `${host} ${port} ${family} ${key}`;
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  return 2 ** 21 * (high >>> 0) + (low >>> 11);
}
