import type { Logger } from '@userferry/process';
import { describe, expect, it } from 'vitest';
import type { CertificateSet } from './certificate-set.ts';
import { createCertificateWatch } from './certificate-watch.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ENDS = '2026-12-01T00:00:00.000Z';
const endsMs = Date.parse(ENDS);

/** A watch over a certificate of thirty days, at the test's time. */
const watchOf = () => {
  let nowMs = endsMs - 10 * DAY_MS;
  let used = { names: 'DNS:migration-service', beginsMs: endsMs - 30 * DAY_MS, endsMs };
  const lines: { level: string; msg: string; facts: object }[] = [];
  const keep = (level: string) => (facts: object, msg: string) => void lines.push({ level, msg, facts });
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') } as unknown as Logger;
  const watch = createCertificateWatch(log, () => nowMs);
  /** A look so long before (or, negative, after) the end of the certificate. */
  const look = (beforeMs: number, problem?: string) => {
    nowMs = endsMs - beforeMs;
    watch.note(problem, used as CertificateSet);
    return lines.splice(0);
  };
  const renew = () => {
    used = { ...used, beginsMs: endsMs, endsMs: endsMs + 30 * DAY_MS };
  };
  return { watch, look, renew };
};

describe('a certificate that nobody renews', () => {
  it('is told of when it is late, and each hour', () => {
    const { look, watch } = watchOf();
    expect(look(10 * DAY_MS)).toEqual([]);
    expect(watch.isFine()).toBe(true);
    const late = [{ level: 'warn', msg: 'the certificate ends soon and was not renewed', facts: { daysLeft: 5 } }];
    expect(look(5 * DAY_MS)).toMatchObject(late);
    expect(look(5 * DAY_MS - HOUR_MS + 1)).toEqual([]);
    expect(look(5 * DAY_MS - HOUR_MS)).toHaveLength(1);
    expect(watch.isFine()).toBe(false);
  });

  it('is said to have ended with the first look after it has, and since when each hour from then on', () => {
    const { look, watch } = watchOf();
    look(1);
    const facts = { names: 'DNS:migration-service', ends: ENDS, daysAgo: 0 };
    expect(look(0)).toEqual([{ level: 'error', msg: 'the certificate has ended', facts }]);
    expect(watch.isFine()).toBe(false);
    expect(look(-HOUR_MS + 1)).toEqual([]);
    expect(look(-2 * DAY_MS)).toEqual([
      { level: 'error', msg: 'the certificate has ended', facts: { ...facts, daysAgo: 2 } },
    ]);
  });

  it('is fine again when it is renewed after its end', () => {
    const { look, renew, watch } = watchOf();
    look(-DAY_MS);
    renew();
    expect(look(-DAY_MS)).toMatchObject([{ level: 'info', msg: 'the certificate files are fine again' }]);
    expect(watch.isFine()).toBe(true);
  });

  it('has ended whatever the files are, and the log says what is wrong with those, too', () => {
    const { look } = watchOf();
    look(DAY_MS, 'no PEM');
    const broken = { level: 'error', msg: 'the certificate files cannot be used: the old ones stay' };
    expect(look(DAY_MS, 'no PEM')).toMatchObject([{ ...broken, facts: { problem: 'no PEM', daysLeft: 1 } }]);
    const ended = { level: 'error', msg: 'the certificate has ended' };
    expect(look(0, 'no PEM')).toMatchObject([{ ...ended, facts: { problem: 'no PEM' } }]);
    const [told, ...more] = look(-1_000);
    expect([told, more]).toMatchObject([ended, []]);
    expect(told?.facts).not.toHaveProperty('problem');
    look(-2_000, 'no key');
    expect(look(-3_000, 'no key')).toMatchObject([{ ...ended, facts: { problem: 'no key' } }]);
  });

  it('is told of each hour, where the clock is set back meanwhile', () => {
    const { look } = watchOf();
    look(DAY_MS);
    expect(look(5 * DAY_MS)).toHaveLength(1);
    expect(look(5 * DAY_MS - HOUR_MS)).toHaveLength(1);
  });
});

describe('files that cannot be used', () => {
  it('count from the second look on that finds the same: they are written one after the other', () => {
    const { look, watch } = watchOf();
    expect(look(10 * DAY_MS, 'the key of another')).toEqual([]);
    expect(look(10 * DAY_MS, 'no PEM')).toEqual([]);
    expect(watch.isFine()).toBe(true);
    expect(look(10 * DAY_MS, 'no PEM')).toHaveLength(1);
    expect(look(10 * DAY_MS, 'yet another')).toEqual([]);
    expect(watch.isFine()).toBe(false);
    expect(look(10 * DAY_MS)).toMatchObject([{ msg: 'the certificate files are fine again' }]);
  });
});
