const DAY_MS = 86_400_000;
const YEAR_ONE_MS = Date.parse('0001-01-01T00:00:00Z');
const YEAR_1900_MS = Date.UTC(1900, 0, 1);

/** A moment. `nanosecondsDelta`, in seconds, is what lies beyond the millisecond: tedious gives it that name too. */
export type SqlMoment = Date & { nanosecondsDelta?: number };

const toDate = (value: unknown): SqlMoment => {
  const date: SqlMoment = value instanceof Date ? value : new Date(textAsUtc(String(value)));
  if (Number.isNaN(date.getTime())) throw new SyntaxError('not a date');
  return date;
};

const textAsUtc = (text: string): string => {
  const time = /^\d{2}:\d{2}/.test(text) ? `1970-01-01T${text}` : text.replace(' ', 'T');
  if (/[zZ]$|[+-]\d{2}:?\d{2}$/.test(time)) return time;
  return time.includes('T') ? `${time}Z` : time;
};

const sinceMidnightMs = (date: Date): number => ((date.getTime() % DAY_MS) + DAY_MS) % DAY_MS;
const daysSince = (epochMs: number, date: Date): number => Math.floor((date.getTime() - epochMs) / DAY_MS);

const timeBytes = (scale: number): number => {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
};

const encodeTime = (date: SqlMoment, scale: number): Buffer => {
  const bytes = Buffer.alloc(timeBytes(scale));
  const beyond = (date.nanosecondsDelta ?? 0) * 10 ** scale;
  const units = Math.round(sinceMidnightMs(date) * 10 ** (scale - 3) + beyond);
  bytes.writeUIntLE(units % (86_400 * 10 ** scale), 0, bytes.length);
  return bytes;
};

const encodeDays = (date: Date): Buffer => {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(daysSince(YEAR_ONE_MS, date), 0, 3);
  return bytes;
};

const decodeTime = (bytes: Buffer, scale: number): { ms: number; beyond: number } => {
  const ticks = bytes.readUIntLE(0, bytes.length) * 10 ** (7 - scale);
  return { ms: Math.floor(ticks / 10_000), beyond: (ticks % 10_000) / 10 ** 7 };
};

const moment = (ms: number, beyond: number): SqlMoment => {
  const date: SqlMoment = new Date(ms);
  if (beyond > 0) Object.defineProperty(date, 'nanosecondsDelta', { value: beyond, enumerable: false });
  return date;
};

const daysMs = (bytes: Buffer): number => YEAR_ONE_MS + bytes.readUIntLE(0, 3) * DAY_MS;

const encodeDatetime = (date: Date): Buffer => {
  const ticks = Math.round((sinceMidnightMs(date) * 3) / 10);
  const isNextDay = ticks === 25_920_000;
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(daysSince(YEAR_1900_MS, date) + (isNextDay ? 1 : 0), 0);
  bytes.writeInt32LE(isNextDay ? 0 : ticks, 4);
  return bytes;
};

const encodeSmallDatetime = (date: Date): Buffer => {
  const minutes = Math.round((date.getTime() - YEAR_1900_MS) / 60_000);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(Math.floor(minutes / 1440), 0);
  bytes.writeUInt16LE(minutes % 1440, 2);
  return bytes;
};

/** Bytes of the date and time types (MS-TDS 2.2.5.5.1.8). Values are Dates read as UTC, or ISO texts. */
export const encodeTemporal = (name: string, value: unknown, scale: number): Buffer => {
  const date = toDate(value);
  if (name === 'date') return encodeDays(date);
  if (name === 'time') return encodeTime(date, scale);
  if (name === 'datetime') return encodeDatetime(date);
  if (name === 'smalldatetime') return encodeSmallDatetime(date);
  const parts = [encodeTime(date, scale), encodeDays(date)];
  return Buffer.concat(name === 'datetimeoffset' ? [...parts, Buffer.alloc(2)] : parts);
};

/** The moment that the bytes stand for; a `time` is on the first of January 1970. */
export const decodeTemporal = (name: string, bytes: Buffer, scale: number): SqlMoment => {
  if (name === 'date') return moment(daysMs(bytes), 0);
  if (name === 'datetime') {
    const ms = Math.round((bytes.readInt32LE(4) * 10) / 3);
    return moment(YEAR_1900_MS + bytes.readInt32LE(0) * DAY_MS + ms, 0);
  }
  if (name === 'smalldatetime') {
    return moment(YEAR_1900_MS + bytes.readUInt16LE(0) * DAY_MS + bytes.readUInt16LE(2) * 60_000, 0);
  }
  const length = timeBytes(scale);
  const { ms, beyond } = decodeTime(bytes.subarray(0, length), scale);
  return moment((name === 'time' ? 0 : daysMs(bytes.subarray(length))) + ms, beyond);
};
