/** What careless scripts print of the secrets that they hold: printed by the guest, masked as everything is that leaves a run. */
import { passwordMask, secretMask, type TextMask } from '@userferry/masking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from '../../isolate-host/testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());

const LINE = 'kiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us';
const PEM = `-----BEGIN PRIVATE KEY-----\n${[1, 2, 3, 4].map((n) => `MIIEvQIBADANBgkq${n}${LINE}`).join('\n')}\n-----END PRIVATE KEY-----\n`;
const KEY = Buffer.from('0091abff'.repeat(4), 'hex');
const AZURE = 'abc8Q~Zq1kPtVw9xRmLo2nYhUj5fDs3gEe4aa';
const ALL_QUOTES = `Zb'9"x\`Kq7$mW`;
const UTF16 = Buffer.from('Quag', 'utf16le').toString('base64').slice(0, 6);

/** What prints it, what it is, and what of it nobody may see. */
type Case = readonly [what: string, code: string, secret: string, ...seen: (string | RegExp)[]];

const PRINTED: readonly Case[] = [
  ['in an object, with all three quotes', 'console.log({ s })', ALL_QUOTES, 'Kq7$mW'],
  [
    'in SQL of mysql2, with a quote',
    "console.log(require('mysql2').format('SELECT ?', [s]))",
    "O'Brien-1999-x",
    'Brien-1999',
  ],
  [
    'in SQL within an error, with a backslash',
    "console.log(Object.assign(new Error('x'), { sql: require('mysql2').format('SELECT ?', [s]) }))",
    'Zebra\\Quagga99',
    'Quagga99',
  ],
  [
    'in SQL within an error, with a quote',
    "console.log(Object.assign(new Error('x'), { sql: require('mysql2').format('SELECT ?', [s]) }))",
    "O'Brien-1999-x",
    'Brien-1999',
  ],
  [
    'in SQL of pg, with a quote',
    "const { Client } = require('pg'); console.log(new Client().escapeLiteral(s))",
    "O'Brien-1999-x",
    'Brien-1999',
  ],
  ['in JSON within JSON', 'console.log(JSON.stringify({ data: JSON.stringify({ s }) }))', 'Zebra"Quagga99', 'Quagga99'],
  ['in JSON within an object', 'console.log({ data: JSON.stringify({ s }) })', 'Zebra"Quagga\\99x', 'Quagga'],
  [
    'in JSON within a URL',
    "console.log('?filter=' + encodeURIComponent(JSON.stringify({ s })))",
    'Zebra"Quagga\\99x',
    'Quagga',
  ],
  [
    'in a form, with a tilde',
    'console.log(new URLSearchParams({ client_secret: s }).toString())',
    AZURE,
    'Zq1kPtVw9xRm',
  ],
  [
    'in a form, with a blank and !',
    'console.log(new URLSearchParams({ s }).toString())',
    'Zebra Quagga99!',
    'Quagga99',
  ],
  [
    "in a form, with a blank, * and '",
    'console.log(new URLSearchParams({ s }).toString())',
    "Zebra Quagga99*'",
    'Quagga99',
  ],
  [
    'in a form that is a parameter itself',
    'console.log(encodeURIComponent(new URLSearchParams({ s })))',
    'Zebra/Quagga 99',
    'Quagga',
  ],
  [
    'in a URL whose password was set',
    "const u = new URL('https://api.example/'); u.username = 'a'; u.password = s; console.log(u.href)",
    'Ze$bra=Quagga:99',
    'Quagga',
  ],
  ['as a Buffer', 'console.log(Buffer.from(s))', 'ZebraQuagga99', '51 75 61 67'],
  [
    'as a Buffer that is printed in part',
    "console.log(Buffer.from('x'.repeat(40) + s))",
    'ZebraQuagga99',
    '5a 65 62 72',
  ],
  ['in hex', "console.log(Buffer.from(s).toString('hex'))", 'ZebraQuagga99', '517561676761'],
  ['as a Buffer in JSON', 'console.log(JSON.stringify(Buffer.from(s)))', 'ZebraQuagga99', '81,117,97,103'],
  ['as an array of bytes', 'console.log({ bytes: new TextEncoder().encode(s) })', 'ZebraQuagga99', /81,\s+117/],
  [
    'as an array of bytes in JSON',
    'console.log(JSON.stringify(new TextEncoder().encode(s)))',
    'ZebraQuagga99',
    '81,"6":117',
  ],
  [
    'as an array of bytes in JSON within JSON',
    'console.log(JSON.stringify({ body: JSON.stringify(new TextEncoder().encode(s)) }))',
    'ZebraQuagga99',
    '117',
  ],
  ['as bytes that were spread into an object', 'console.log({ ...Buffer.from(s) })', 'ZebraQuagga99', "'6': 117"],
  ['spread into an object', 'console.log({ id: 7, ...s })', `Zebra'Quag,a"99`, "'6': 'Q'"],
  ['spread into an object, in JSON', 'console.log(JSON.stringify({ ...s, id: 7 }))', `Zebra'Quag,a"99`, '"6":"Q"'],
  ['spread into a list', 'console.log([...s])', `Zebra'Quag,a"99`, /'u',\s+'a'/],
  [
    'as Active Directory takes it',
    "console.log(Buffer.from('\"' + s + '\"', 'utf16le').toString('base64'))",
    'ZebraQuagga99',
    UTF16,
  ],
  [
    'as Active Directory takes it, with an umlaut',
    "console.log(Buffer.from('\"' + s + '\"', 'utf16le').toString('base64'))",
    'Zebra-Müll-99',
    /[A-Za-z0-9]{20}/,
  ],
  [
    'in base64 of JSON',
    "console.log(Buffer.from(JSON.stringify({ s })).toString('base64url'))",
    'Zebra"Quagga99',
    /[A-Za-z0-9]{20}/,
  ],
  [
    'in base64 of several lines',
    "console.log(Buffer.from('a'.repeat(51) + s).toString('base64').replace(/.{76}/g, '$&\\n'))",
    'ZebraQuagga99',
    'WmVicm',
  ],
  [
    'in base64 where its user stands before it, of 6 characters',
    "console.log('Basic ' + Buffer.from('user1:' + s).toString('base64'))",
    'Zq7x!k',
    'dXNlcjE6WnE3eCFr',
  ],
  [
    'in base64 where its user stands before it, of 7 characters',
    "console.log('Basic ' + Buffer.from('app:' + s).toString('base64'))",
    'Zq7x!kP',
    'YXBwOlpxN3gha1A',
  ],
  ['with its letters and accents apart', "console.log(s.normalize('NFD'))", 'Zebra-Müller-99-é', 'ller-99'],
  [
    'with its letters and accents apart, in a URL',
    "console.log(encodeURIComponent(s.normalize('NFD')))",
    'Zebra-Müller-99-é',
    'ller-99',
  ],
  ['without the blanks around it', 'console.log(s.trim())', ' ZebraQuagga99 ', 'Quagga99'],
  ['without the line feed behind it', 'console.log(s.trim())', 'ZebraQuagga99\n', 'Quagga99'],
  [
    'in HTML',
    "console.log('<p>' + s.replace(/&/g, '&amp;').replace(/</g, '&lt;') + '</p>')",
    'Zebra&Quagga<99',
    'Quagga',
  ],
  [
    'in JSON as PHP writes it',
    "console.log(JSON.stringify({ s }).replaceAll('/', '\\\\/'))",
    'Zebra/Quagga/99',
    'Quagga',
  ],
  [
    'in JSON as Python writes it',
    "console.log(JSON.stringify({ s }).replace(/[^ -~]/g, (c) => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')))",
    'Zebra-ü-Quagga99',
    'Quagga99',
  ],
  [
    'at the end of a line that is cut',
    "console.log('x'.repeat(8192 - 12) + s + ' and more')",
    'ZebraQuagga99Hippo',
    'ZebraQuagga9',
  ],
  [
    'at the end of a line that is cut within an escape',
    "console.log('x'.repeat(8192 - 14) + encodeURIComponent(s))",
    'ZebraQuagga9/Hippo',
    'ZebraQuagga9',
  ],
  [
    'at the end of a line that is cut, in base64',
    "console.log(' '.repeat(8192 - 12) + Buffer.from(s).toString('base64'))",
    'ZebraQuagga99Hippo',
    'WmVicmFRdWFn',
  ],
  [
    'at the end of a message that is cut',
    "throw new Error('x'.repeat(8192 - 12) + s + ' and more')",
    'ZebraQuagga99Hippo',
    'ZebraQuagga9',
  ],
  [
    'at the end of a code that is cut',
    "throw Object.assign(new Error('x'), { code: 'x'.repeat(256 - 12) + s })",
    'ZebraQuagga99Hippo',
    'ZebraQuagga9',
  ],
  ['as a private key in an object', 'console.log({ tls: { key: s } })', PEM, 'MIIEvQIBADANBgkq'],
  [
    'as a private key within console.group',
    "console.group('tls'); console.log(s); console.groupEnd()",
    PEM,
    'MIIEvQIBADANBgkq',
  ],
  [
    'as a private key in the cause of an error',
    "console.log(new Error('outer', { cause: new Error('bad key ' + s) }))",
    PEM,
    'MIIEvQIBADANBgkq',
  ],
  ['as a private key line by line', 'for (const line of s.split(/\\n/)) console.log(line)', PEM, 'MIIEvQIBADANBgkq'],
  [
    'as a private key that was one line',
    "console.log({ key: s.replaceAll('\\\\n', '\\n') })",
    PEM.replaceAll('\n', '\\n'),
    'MIIEvQIBADANBgkq',
  ],
  [
    'in a map, a set, a symbol and as a name',
    'console.log(new Map([[s, new Set([s])]]), Symbol(s), { [s]: 1 })',
    'ZebraQuagga99',
    'Quagga99',
  ],
  ['in a table', 'console.table([{ s }])', 'ZebraQuagga99', 'Quagga99'],
  ['in a format', "console.log('%s %o %O %j', s, s, s, s)", 'ZebraQuagga99', 'Quagga99'],
  ['in what JSON.parse shows of a text', `JSON.parse('{"password":' + s + '}')`, 'ZebraQuagga99', 'ZebraQuagg'],
  [
    'in what JSON.parse shows of a text, from within it',
    `JSON.parse('["' + s + '",x]')`,
    'Zebra-Quagga-Hippo',
    'ga-Hippo',
  ],
  [
    'in what JSON.parse shows of a text, in JSON',
    `try { JSON.parse('{"password":' + s + '}') } catch ({ message }) { console.log(JSON.stringify({ message })) }`,
    'ZebraQuagga99',
    'ZebraQuagg',
  ],
  [
    'as an argument of the wrong type, which is told in part',
    'setTimeout(s, 1)',
    'ZebraQuagga99-Hippo-Giraffe',
    'ZebraQuagga99',
  ],
  ['in an object that is printed in part', 'console.dir({ s }, { maxStringLength: 9 })', 'ZebraQuagga99', 'ZebraQuag'],
  ['as the name of an error', "const e = new Error('x'); e.name = s; throw e", 'ZebraQuagga99', 'Quagga99'],
  ['as what is thrown', 'throw s', 'ZebraQuagga99', 'Quagga99'],
];

const INSIDE: readonly Case[] = [
  [
    'the key of a service account',
    'console.log(JSON.parse(s))',
    JSON.stringify({ type: 'service_account', client_email: 'x@y', private_key: PEM }),
    'MIIEvQIBADANBgkq',
  ],
  [
    'a password in settings that are JSON',
    'console.log(JSON.parse(s))',
    JSON.stringify({ host: 'db', user: 'app', password: 'ZebraQuagga99' }),
    'Quagga99',
  ],
  [
    'a password in a URI in settings that are JSON',
    'console.log(new URL(JSON.parse(s).url).password)',
    JSON.stringify({ url: 'postgres://app:ZebraQuagga99@db/x' }),
    'Quagga99',
  ],
  [
    'the password of a URI whose user has an @',
    'console.log(new URL(s).password)',
    'postgres://app@server1:ZebraQuagga99@server1.postgres.example/db',
    'Quagga99',
  ],
  [
    'the password of an ODBC string in braces',
    'console.log(/PWD=\\{(.*?)\\}/.exec(s)[1])',
    'Driver=x;Server=db;PWD={Zebra;Quagga99};UID=app',
    'Quagga99',
  ],
  [
    'the password of an ADO string with doubled quotes',
    `console.log(s.match(/Password="(.*)"/)[1].replaceAll('""', '"'))`,
    'Server=db;Password="Zebra""Quagga99";User=app',
    'Quagga99',
  ],
  [
    'a token in the query of a URL',
    "console.log(new URL(s).searchParams.get('token'))",
    'https://api.example/users?token=ZebraQuagga99',
    'Quagga99',
  ],
  [
    'the signature of a shared access URL',
    "console.log(new URL(s).searchParams.get('sig'))",
    'https://x.blob.example/c?sv=1&sig=ZebraQuagga99%2BHippo%3D',
    'Quagga99',
  ],
  [
    'a token that is the user of a URL',
    'console.log(new URL(s).username)',
    'https://ZebraQuagga99@api.example/users',
    'Quagga99',
  ],
  [
    'the host that a badly written URI seems to have',
    'console.log(new URL(s).host)',
    'postgres://app:Zebra@Quagga99/x@db.example/users',
    /quagga99/i,
  ],
  [
    'a password in settings that are no JSON',
    'JSON.parse(s)',
    '{"user":"app","password":ZebraQuagga99,"port":5}',
    'ZebraQuagg',
  ],
  [
    'a private key in base64',
    "console.log({ key: Buffer.from(s, 'base64').toString() })",
    Buffer.from(PEM).toString('base64'),
    'MIIEvQIBADANBgkq',
  ],
  [
    'the key of a service account in base64, of several lines',
    "console.log(JSON.parse(Buffer.from(s, 'base64')))",
    Buffer.from(JSON.stringify({ type: 'service_account', private_key: PEM }))
      .toString('base64')
      .replace(/.{76}/g, '$&\n'),
    'MIIEvQIBADANBgkq',
  ],
  [
    'a password in base64 in settings that are JSON',
    "console.log(Buffer.from(JSON.parse(s).password, 'base64').toString())",
    JSON.stringify({ password: Buffer.from('Zebra-Quagga-99').toString('base64') }),
    'Quagga-99',
  ],
  ['the bytes of a key in base64', "console.log(Buffer.from(s, 'base64'))", KEY.toString('base64'), '00 91 ab ff'],
  [
    'the bytes of a key in base64 of URLs',
    "console.log(Buffer.from(s, 'base64url').toString('hex'))",
    KEY.toString('base64url'),
    '0091abff',
  ],
  ['the bytes of a key in hex', "console.log(Buffer.from(s, 'hex'))", KEY.toString('hex'), '00 91 ab ff'],
  [
    'the bytes of a key in hex, in base64',
    "console.log(Buffer.from(s, 'hex').toString('base64'))",
    KEY.toString('hex'),
    KEY.toString('base64').slice(0, 12),
  ],
  ['one of several tokens', "console.log(s.split(',')[1])", 'ZebraQuagga99,HippoGiraffe77', 'HippoGiraffe77'],
];

const textsOf = async (code: string, secret: string): Promise<readonly string[]> => {
  const { outcome, error, logs } = await host.run(`async function login(s) { ${code} }`, { args: [secret] });
  expect(outcome).not.toBe('invalid_script');
  return [
    ...logs.map(({ text }) => text),
    ...(error === undefined ? [] : [error.name, error.message, error.code ?? '']),
  ];
};

const isSeen = (texts: readonly string[], marks: readonly (string | RegExp)[]): boolean =>
  texts.some((text) => marks.some((mark) => (typeof mark === 'string' ? text.includes(mark) : mark.test(text))));

const holdsNothing = async (mask: TextMask, [, code, secret, ...marks]: Case): Promise<void> => {
  const texts = await textsOf(code, secret);
  expect(isSeen(texts, marks), 'the script does not print it').toBe(true);
  const masked = texts.map(mask);
  expect(isSeen(masked, marks), JSON.stringify(masked).replace(/([x ])\1{40,}/, '$1…')).toBe(false);
};

/** Each by its name. */
const named = (cases: readonly Case[]) => cases.map((each) => [each[0], each] as const);

describe.each<[string, (secret: string) => TextMask]>([
  ['a secret variable', (secret) => secretMask([secret])],
  ['a typed password', (secret) => passwordMask([secret])],
])('%s is masked', (_, maskOf) => {
  it.each(named(PRINTED))('%s', (__, printed) => holdsNothing(maskOf(printed[2]), printed));
});

describe('inside a secret variable is masked', () => {
  it.each(named(INSIDE))('%s', (_, printed) => holdsNothing(secretMask([printed[2]]), printed));
});
