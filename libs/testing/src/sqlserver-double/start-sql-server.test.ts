import { describe, expect, it } from 'vitest';
import { startSqlServer } from './start-sql-server.ts';

describe('the server for a suite', () => {
  it('without MSSQL_URL it is the double, and says so', async () => {
    await using server = await startSqlServer({}, undefined);
    expect(server.kind).toBe('double');
    expect(server.description).toMatch(/double.*MSSQL_URL is not set/);
    expect(server.description).not.toContain(server.config.password);
  });

  it('with MSSQL_URL it is that server, and its password is not in what is printed', async () => {
    const url = 'mssql://sa:p%40ss%3Bw%22ord@db.example.com:1533/legacy?encrypt=strict&trustServerCertificate=true';
    await using server = await startSqlServer({}, url);
    expect(server.kind).toBe('real');
    expect(server.description).toBe('SQL Server at db.example.com:1533 (MSSQL_URL)');
    expect(server.config).toEqual({
      server: 'db.example.com',
      port: 1533,
      user: 'sa',
      password: 'p@ss;w"ord',
      database: 'legacy',
      options: { encrypt: 'strict', trustServerCertificate: true },
    });
    expect(server.connectionString).toContain(
      'Server=db.example.com,1533;Database="legacy";User Id="sa";Password="p@ss;w""ord"',
    );
  });

  it.each(['not a url', 'postgres://u:hunter2@h/d', 'mssql://'])('%s is refused without being shown', async (url) => {
    await expect(startSqlServer({}, url)).rejects.toThrow(
      /^MSSQL_URL must be mssql:\/\/user:password@host:port\/database$/,
    );
  });
});
