/** Times as `console.time` tells them. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const two = (value: number | string): string => String(value).padStart(2, '0');

/** `1.5ms`, `2.001s`, `1:02.003 (m:ss.mmm)`. */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Number(ms.toFixed(3))}ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(3)}s`;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const [seconds = '0', thousandths = '000'] = ((ms % MINUTE_MS) / SECOND_MS).toFixed(3).split('.');
  const start = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `${start}:${two(seconds)}.${thousandths} (${hours > 0 ? 'h:m' : ''}m:ss.mmm)`;
}
