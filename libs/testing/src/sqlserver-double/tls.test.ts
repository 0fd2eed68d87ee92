import { createCertificate } from '@userferry/local-databases';
import sql from 'mssql';
import { afterEach, describe, expect, it } from 'vitest';
import type { SqlServerDoubleOptions } from './double-options.ts';
import { type SqlServerDouble, startSqlServerDouble } from './start-sql-server-double.ts';

let double: SqlServerDouble;
afterEach(() => double.stop());

type Tls = { encrypt: boolean | 'strict'; ca?: string; trust?: boolean; server?: string };

const configFor = ({ encrypt, ca = double.caCertificate, trust = false, server = 'localhost' }: Tls): sql.config => ({
  server,
  port: double.port,
  user: double.user,
  password: double.password,
  database: double.database,
  options: { encrypt, trustServerCertificate: trust, cryptoCredentialsDetails: { ca } } as sql.IOptions,
});

const ask = async (tls: Tls): Promise<unknown> => {
  const pool = new sql.ConnectionPool(configFor(tls));
  try {
    await pool.connect();
    return (await pool.query(`SELECT N'${'long '.repeat(4000)}' AS text`)).recordset[0].text.length;
  } catch (error) {
    return error;
  } finally {
    await pool.close();
  }
};
const start = async (options: SqlServerDoubleOptions): Promise<void> => {
  double = await startSqlServerDouble(options);
};
const waysOfLogins = (): string[] => [...new Set(double.logins.map(({ encrypted }) => encrypted))];
const stranger = createCertificate(['localhost']).caCertificate;

describe('encryption between mssql and the double', () => {
  it('encrypt: true with a trusted authority carries everything in TLS inside TDS', async () => {
    await start({ encryption: 'required' });
    expect(await ask({ encrypt: true })).toBe(20_000);
    expect(waysOfLogins()).toEqual(['all']);
  });

  it('encrypt: true with another authority is refused by the driver, before the password is sent', async () => {
    await start({ encryption: 'required' });
    expect(await ask({ encrypt: true, ca: stranger })).toMatchObject({
      name: 'ConnectionError',
      code: 'ESOCKET',
      message: expect.stringContaining('unable to verify'),
    });
    expect(double.logins).toEqual([]);
  });

  it('a certificate for another name is refused, and taken where the driver is told to trust it', async () => {
    await start({ encryption: 'required', certificateHosts: ['db.example.com'] });
    expect(await ask({ encrypt: true })).toMatchObject({
      code: 'ESOCKET',
      message: expect.stringContaining('altnames'),
    });
    expect(await ask({ encrypt: true, trust: true })).toBe(20_000);
  });

  it('an expired certificate is refused', async () => {
    await start({ encryption: 'required', certificateValidDays: -1 });
    expect(await ask({ encrypt: true })).toMatchObject({ message: expect.stringContaining('certificate has expired') });
  });

  it('encrypt: false goes in the clear where the server allows that', async () => {
    await start({ encryption: 'optional' });
    expect(await ask({ encrypt: false })).toBe(20_000);
    expect(waysOfLogins()).toEqual(['nothing']);
  });

  it('encrypt: false is turned away where the server requires TLS', async () => {
    await start({ encryption: 'required' });
    expect(await ask({ encrypt: false })).toMatchObject({
      message: expect.stringContaining('Server requires encryption'),
    });
    expect(double.logins).toEqual([]);
  });

  it('a server without TLS is used in the clear, whatever the driver would rather have', async () => {
    await start({ encryption: 'none' });
    expect(await ask({ encrypt: true })).toBe(20_000);
    expect(waysOfLogins()).toEqual(['nothing']);
  });

  it('strict speaks TDS 8: TLS before the first packet', async () => {
    await start({ encryption: 'strict' });
    expect(await ask({ encrypt: 'strict' })).toBe(20_000);
    expect(waysOfLogins()).toEqual(['strict']);
  });

  it('strict with another authority is refused by the driver', async () => {
    await start({ encryption: 'strict' });
    expect(await ask({ encrypt: 'strict', ca: stranger })).toMatchObject({
      message: expect.stringContaining('unable to verify'),
    });
    expect(double.logins).toEqual([]);
  });

  it('a strict server hangs up on drivers that begin without TLS', async () => {
    await start({ encryption: 'strict' });
    expect(await ask({ encrypt: true })).toMatchObject({ name: 'ConnectionError', code: 'ESOCKET' });
    expect(double.logins).toEqual([]);
  });
});
