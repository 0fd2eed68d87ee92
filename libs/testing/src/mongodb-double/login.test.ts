import { createCertificate } from '@userferry/local-databases';
import { describe, expect, it } from 'vitest';
import type { MongodbDoubleOptions } from './double-options.ts';
import { DRIVERS, DRIVERS_OF_TODAY, type Driver } from './drivers.ts';
import { type MongodbDouble, startMongodbDouble } from './start-mongodb-double.ts';

/** What a client that is connected sees, or the error; and the commands of its login. */
const logInWith = async (
  { connect }: Driver,
  options: MongodbDoubleOptions,
  uriOf = ({ uri }: MongodbDouble) => uri,
  given = {},
) => {
  await using double = await startMongodbDouble(options);
  const ca = double.caCertificate === undefined ? {} : { ca: double.caCertificate };
  const outcome = await connect(uriOf(double), { ...ca, ...given }).then(
    async (client) => {
      const { authInfo } = await client.db().command({ connectionStatus: 1 });
      await client.close();
      return authInfo.authenticatedUsers;
    },
    (error) => [error.code, error.codeName, error.message],
  );
  const steps = double.commands.map(({ name }) => name).filter((name) => name.startsWith('sasl'));
  return { outcome, steps, double };
};

const AS_ANN = [{ user: 'ann', db: 'admin' }];
const FAILED = [18, 'AuthenticationFailed', 'Authentication failed.'];
const ANN = { user: 'ann', password: 'p@ss:w/rd%=,' };

describe.each(DRIVERS)('a login of driver $version', (driver) => {
  const { version, connect } = driver;
  const logIn = (options: MongodbDoubleOptions, uriOf?: (double: MongodbDouble) => string, given = {}) =>
    logInWith(driver, options, uriOf, given);

  it('by SCRAM-SHA-256 begins within the first message', async () => {
    const { outcome, steps } = await logIn({ users: [ANN] });
    expect(outcome).toEqual(AS_ANN);
    expect(steps).not.toContain('saslStart');
  });

  it('by SCRAM-SHA-1 where the user has that alone', async () => {
    const { outcome, steps } = await logIn({ users: [{ ...ANN, mechanisms: ['SCRAM-SHA-1'] }] });
    expect(outcome).toEqual(AS_ANN);
    expect(steps).toContain('saslStart');
  });

  it('by the mechanism that the connection string names', async () => {
    const { outcome } = await logIn({ users: [ANN] }, ({ uri }) => `${uri}&authMechanism=SCRAM-SHA-1`);
    expect(outcome).toEqual(AS_ANN);
  });

  it('with a password that SASLprep changes', async () => {
    const { outcome } = await logIn({
      users: [{ user: 'ann', password: 'I\u00adX \u2168\u00a0\uff21', mechanisms: ['SCRAM-SHA-256'] }],
    });
    expect(outcome).toEqual(AS_ANN);
  });

  it.each([
    ['a wrong password', (uri: string) => uri.replace(/:[^:@]*@/, ':wrong@')],
    ['a user of nobody', (uri: string) => uri.replace('//ann', '//bob')],
    ['another database than the user’s', (uri: string) => uri.replace('=admin', '=legacy')],
    ['a mechanism that the user has not', (uri: string) => `${uri}&authMechanism=SCRAM-SHA-1`],
  ])('fails with %s', async (_what, change) => {
    const users = [{ ...ANN, mechanisms: ['SCRAM-SHA-256' as const] }];
    const { outcome, double } = await logIn({ users }, ({ uri }) => change(uri));
    expect(outcome).toEqual(FAILED);
    expect(double.ownCommands()).toEqual([]);
  });

  it('leaves nothing of the password in what is remembered of it', async () => {
    const { double } = await logIn({ users: [ANN] });
    expect(JSON.stringify(double.commands)).not.toMatch(/payload|p@ss/);
  });

  it('that is missing is asked for', async () => {
    await using double = await startMongodbDouble({ users: [ANN] });
    const client = await connect(double.uri.replace(/\/\/[^@]*@/, '//').replace(/\?.*/, ''));
    const error = await client
      .db()
      .collection('users')
      .findOne({})
      .catch((reason) => reason);
    await client.close();
    expect(error).toMatchObject({ code: 13, codeName: 'Unauthorized' });
  });

  it('over TLS trusts the authority of the double, and no other', async () => {
    const validate = version.startsWith('3') ? { sslValidate: true } : {};
    const options = { tls: true, host: 'localhost', users: [ANN] };
    expect((await logIn(options, undefined, validate)).outcome).toEqual(AS_ANN);
    const other = createCertificate(['localhost']).caCertificate;
    const { outcome } = await logIn(options, undefined, { ...validate, ca: other, serverSelectionTimeoutMS: 300 });
    expect(outcome[2]).toMatch(/unable to verify|signature/);
  });
});

// Driver 3.7 reads certificates from files alone.
describe.each(DRIVERS_OF_TODAY)('a login by certificate of driver $version', (driver) => {
  it('takes its subject for the user', async () => {
    const [client, stranger] = [createCertificate(['ferry']), createCertificate(['ferry'])];
    const users = [{ user: 'CN=ferry', mechanisms: ['MONGODB-X509' as const] }];
    const options = { tls: true, host: 'localhost', clientAuthority: client.caCertificate, users };
    const uriOf = ({ port }: MongodbDouble) =>
      `mongodb://localhost:${port}/?tls=true&authSource=$external&authMechanism=MONGODB-X509`;
    const shown = ({ certificate: cert, privateKey: key }: typeof client) => ({ cert, key });
    expect((await logInWith(driver, options, uriOf, shown(client))).outcome).toEqual([
      { user: 'CN=ferry', db: '$external' },
    ]);
    expect((await logInWith(driver, options, uriOf, shown(stranger))).outcome).toEqual(FAILED);
    expect((await logInWith(driver, options, uriOf)).outcome).toEqual(FAILED);
  });
});
