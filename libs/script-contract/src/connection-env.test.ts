import { describe, expect, it } from 'vitest';
import { completeEnv, connectionEnv, type StoreAddress } from './connection-env.ts';

const envOf = (address: StoreAddress) => {
  const parsed = connectionEnv(address);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.env;
};

describe('the address of a legacy user store', () => {
  it('as a URI fills in the fields, escapes undone and the port a string', () => {
    expect(envOf({ uri: 'postgres://app:p%40ss%3Aw@db.example.com:6543/users?sslmode=require' })).toEqual({
      DB_CONNECTION_URI: 'postgres://app:p%40ss%3Aw@db.example.com:6543/users?sslmode=require',
      DB_HOST: 'db.example.com',
      DB_PORT: '6543',
      DB_USERNAME: 'app',
      DB_PASSWORD: 'p@ss:w',
      DB_DATABASE: 'users',
    });
  });

  it('without a port has the port of its scheme', () => {
    expect(envOf({ uri: 'mysql://root@db/app' })).toMatchObject({ DB_PORT: '3306', DB_PASSWORD: '' });
  });

  it('with several hosts has no single host', () => {
    expect(envOf({ uri: 'mongodb://u:p@a:1,b:2/app' })).toMatchObject({ DB_HOST: '', DB_PORT: '', DB_DATABASE: 'app' });
  });

  it.each(['postgres://u:p@h:0/d', 'postgres://u:p@h:99999/x', 'mongodb://u:p@a:1,b:65536/app'])(
    'with a port that there cannot be is refused: %s',
    (uri) => {
      expect(connectionEnv({ uri })).toEqual({ ok: false, problem: 'has a port that is not 1 to 65535' });
    },
  );

  it('takes an IPv6 host', () => {
    expect(envOf({ uri: 'postgres://u:p@[2001:db8::1]:5433/d' })).toMatchObject({
      DB_HOST: '2001:db8::1',
      DB_PORT: '5433',
    });
  });

  it.each([
    'postgres://legacy:Sup3rLong@SecretTail99@127.0.0.1:5432/legacy',
    'postgres://legacy@corp:SecretTail99@db/legacy',
    'postgres://u:Secret/Tail99@h',
    'postgres://u:Secret/Tail99@h:5432/d',
    'postgres://u:5432/SecretTail99@h/d',
    'postgres://u:Secret?Tail99@h/d',
    'postgres://u:Secret#Tail99@h/d',
    'postgres://u:5432?SecretTail99@h/d',
    'postgres://u:5432#SecretTail99@h/d',
    'postgres://u:Secret?Tail99=1@h/d',
    'postgres://u:5432?SecretTail99=1@h/d',
    'postgres://u:Secret@Tail/99@h/d',
    'postgres://u:Secret@Tail?99@h/d',
    'postgres://u:Secret@Tail#99@h/d',
    'mongodb://u:Secret@Tail99@a:1,b:2/d',
    'mongodb://u:Secret/Tail99@a:1,b:2/d',
    'mongodb+srv://u:SecretTail@99@cluster.example/d',
    'postgres://u:SecretTail99',
    'postgres://SecretTail99:x:5432/d',
  ])('is refused where it is not clear which part is the password, and nothing of it is repeated: %s', (uri) => {
    const parsed = connectionEnv({ uri });
    expect(parsed).toEqual({
      ok: false,
      problem:
        'has no host that can be told from user name and password: write @, /, ?, # and : in those as %40, %2F, %3F, %23 and %3A',
    });
  });

  it.each([
    ['postgres://legacy:Sup3rLong%40SecretTail99@127.0.0.1:5432/legacy', '127.0.0.1', 'Sup3rLong@SecretTail99'],
    ['postgres://u:a:b@h/d', 'h', 'a:b'],
    ['postgres://h/d?user=app@tenant&password=x@y', 'h', ''],
    ['postgres://u:p@h/d?options=-c%20a&application_name=a@b', 'h', 'p'],
    ['postgres:///d?host=/tmp', '', ''],
    ['postgres://u:p@/d?host=/cloudsql/a', '', 'p'],
    ['postgres://u:p@%2Ftmp/d', '%2Ftmp', 'p'],
    ['mysql://u:p@h:/d', '', 'p'],
    ['mongodb://u:p@a:1,b:2/d?replicaSet=r', '', 'p'],
    ['mongodb://u:p@[::1]:1,[::2]:2/d', '', 'p'],
    ['mongodb+srv://u:p@cluster.example/d?appName=a@b', 'cluster.example', 'p'],
    ['sqlserver://h:1433;database=d;user=sa;password=p', '', ''],
    ['sqlserver://h;user=sa;password=p@ss/word', '', ''],
    ['sqlserver://u:p;a=b@h/d', 'h', 'p;a=b'],
    ['https://api.example:8443/v1?who=a@b', 'api.example', ''],
  ])('is taken as ever: %s', (uri, host, password) => {
    expect(envOf({ uri })).toMatchObject({ DB_CONNECTION_URI: uri, DB_HOST: host, DB_PASSWORD: password });
  });

  it('as fields is joined to a URI that splits into the same fields', () => {
    const fields = { host: 'db', port: 5432, username: 'a b', password: 'p@:/?#', database: 'u/x' };
    const { DB_CONNECTION_URI: uri = '', ...rest } = envOf({ fields });
    expect(envOf({ uri })).toEqual({ DB_CONNECTION_URI: uri, ...rest });
    expect(rest).toMatchObject({ DB_PASSWORD: 'p@:/?#', DB_DATABASE: 'u/x' });
  });

  it.each<[StoreAddress, string]>([
    [{ uri: 'not a uri' }, 'connection URI'],
    [{ uri: 'postgres://u:%zz@h/d' }, '%25'],
    ...['', 'a b', 'a/b', 'a@b', 'a?b', 'a#b', '[::1]', 'a\u0000b'].map((host): [StoreAddress, string] => [
      { fields: { host, port: 1, username: '', password: '', database: '' } },
      'host',
    ]),
    [{ fields: { host: 'h', port: 70000, username: '', password: '', database: '' } }, 'port'],
  ])('is refused with what is wrong and without its value (%#)', (address, problem) => {
    const parsed = connectionEnv(address);
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(parsed)).not.toContain('%zz');
  });
});

describe('variables written by hand', () => {
  it('are completed from either form, and none is overwritten', () => {
    expect(completeEnv({ DB_CONNECTION_URI: 'postgres://u:p@h:1/d', DB_HOST: 'mine', X: 'y' })).toMatchObject({
      DB_HOST: 'mine',
      DB_PORT: '1',
      X: 'y',
    });
    expect(completeEnv({ DB_HOST: 'h', DB_USERNAME: 'u', DB_PASSWORD: 'p', DB_DATABASE: 'd' })).toMatchObject({
      DB_CONNECTION_URI: 'postgres://u:p@h:5432/d',
    });
  });

  it('stay as they are when there is no address among them', () => {
    expect(completeEnv({ X: 'y' })).toEqual({ X: 'y' });
  });
});
