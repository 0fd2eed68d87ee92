import { describe, expect, it } from 'vitest';
import { passwordMask, profileMask, secretMask } from './mask-text.ts';

const SECRET = 'S3cr&t p/ss+wörd';

describe('secret values', () => {
  const mask = secretMask([SECRET, 'short', 'postgres://owner:h%40rdPassw0rd@db.test:5432/users']);

  it('are masked as they are, whatever their case', () => {
    expect(mask(`login with ${SECRET}!`)).toBe('login with [masked]!');
    expect(mask(SECRET.toUpperCase())).not.toContain('S3CR&T');
  });

  it('are masked URL-encoded', () => {
    expect(mask(`x=${encodeURIComponent(SECRET)}&y`)).toBe('x=[masked]&y');
    expect(mask(new URLSearchParams({ x: SECRET }).toString())).not.toContain('S3cr');
  });

  it('are masked in base64, alone and at any place inside a longer text', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      const inside = Buffer.from(`${before}${SECRET}:more`).toString('base64');
      expect(mask(inside)).toContain('[masked]');
      expect(mask(Buffer.from(`${before}${SECRET}`).toString('base64url'))).toContain('[masked]');
    }
  });

  it('are masked as JSON writes them', () => {
    expect(secretMask(['line\n"quoted"'])(JSON.stringify({ a: 'line\n"quoted"' }))).toBe('{"a":"[masked]"}');
  });

  it('hold the password inside a URI, encoded or not', () => {
    expect(mask('password h@rdPassw0rd refused, h%40rdPassw0rd too')).toBe('password [masked] refused, [masked] too');
  });

  it.each([
    [
      'a list of MongoDB hosts',
      'mongodb://app:Zebra-Secret-99@db1.example:27017,db2.example:27017/users?replicaSet=rs',
    ],
    ['a list of PostgreSQL hosts', 'postgres://app:Zebra-Secret-99@h1:5432,h2:5432/x'],
    ['SQL Server', 'Server=db.example;User Id=app;Password=Zebra-Secret-99;Encrypt=true'],
    ['JDBC', 'jdbc:mysql://db/x?user=app&password=Zebra-Secret-99&ssl=true'],
    ['libpq', `host=db user=app password='Zebra-Secret-99' dbname=x`],
  ])('hold the password inside a connection string of %s', (_, value) => {
    expect(secretMask([value])(`{ user: 'app', password: 'Zebra-Secret-99' }`)).toBe(
      `{ user: 'app', password: '[masked]' }`,
    );
  });

  it.each([
    ['postgres://app:pa/ss@word1@db/x', 'pa/ss@word1'],
    ['mongodb://app:p%40ssw%2Frd@h1,h2/x', 'p@ssw/rd'],
    ['Server=db;Pwd="semi;colon and space";', 'semi;colon and space'],
  ])('hold one inside %s that is written down badly, or encoded', (value, password) => {
    expect(secretMask([value])(`no ${password}!`)).toBe('no [masked]!');
  });

  it.each([
    ['JSON', '{"host":"db.example","port":5432,"user":"app-user","database":"customers","password":"Zebra-Lion-99"}'],
    [
      'JSON of several lines',
      '{\n  "host": "db.example.test",\n  "user": "app-user-of-acme",\n  "password": "Zebra-Lion-99"\n}',
    ],
    ['a URI with @ in its options', 'postgres://app-user:Zebra-Lion-99@db.example/customers?options=a@b'],
    ['a URI of the web', 'https://db.example:8443/customers?mail=app-user@x'],
    ['a list of hosts', 'db1.example.test,db2.example.test:27017'],
  ])('leave host, user and database of a connection readable: %s', (_, value) => {
    const text =
      "{ host: 'db.example.test', user: 'app-user-of-acme', database: 'customers' } db1.example.test db.example app-user";
    expect(secretMask([value])(text)).toBe(text);
  });

  it('leave what says only the same words readable', () => {
    const text = 'the user was not found; "status": 200, it\'s 12:30, C:\\temp\\new, 100% of 5 + 3, a&b &amp; c\u2026';
    expect(secretMask(['Zebra-Lion-99', 'production', 'usersnot', 'status 201'])(text)).toBe(text);
  });

  it('are masked at the end of a text that was cut, and only there', () => {
    const mask = secretMask(['Zebra-Lion-99']);
    expect(mask('x'.repeat(300).concat(' Zebra-L'))).toBe('x'.repeat(300).concat(' [masked]'));
    expect(mask('tells of Zebra\u2026')).toBe('tells of [masked]\u2026');
    expect(mask('tells of Zebr\u2026')).toBe('tells of [masked]\u2026');
    expect(mask('tells of Zebra')).toBe('tells of Zebra');
    const base64 = `Basic ${Buffer.from('Zebra-L').toString('base64')}`;
    expect(mask(base64)).toBe(base64);
    expect(mask('x'.repeat(300).concat(' a Zeb'))).toBe('x'.repeat(300).concat(' a Zeb'));
  });

  it('are masked within a text where it says that they were cut there', () => {
    const mask = secretMask(['Zebra-Lion-99']);
    expect(mask(`type string ('Zebra-Lio...')`)).toBe(`type string ('[masked]...')`);
    expect(mask(`{ s: 'Zebra-L'... 6 more characters }`)).toBe(`{ s: '[masked]'... 6 more characters }`);
    expect(mask('Zebra-... and Zebra-Tail, Zebr...')).toBe('[masked]... and Zebra-Tail, Zebr...');
    expect(mask(`Unexpected token 'x', ..."ra-Lion-99",x]" is not valid JSON`)).toBe(
      `Unexpected token 'x', ..."[masked]" is not valid JSON`,
    );
    const other = `Unexpected token 'x', ..."ra-Tiger-9",x]" is not valid JSON`;
    expect(mask(other)).toBe(other);
  });

  it('are masked in bytes that were cut, as engines cut what they show of a value', () => {
    const mask = secretMask(['Zebra-Lion-99-Quagga']);
    const base64 = Buffer.from('app:Zebra-Lion-99-Quagga').toString('base64');
    expect(mask(`Received type string ('${base64.slice(0, 25)}...')`)).toBe(`Received type string ('[masked]...')`);
    expect(mask(`Basic ${base64.slice(0, 13)}\u2026`)).toBe('Basic [masked]\u2026');
    expect(mask(`Basic ${base64.slice(0, 8)}\u2026`)).toBe(`Basic ${base64.slice(0, 8)}\u2026`);
    expect(mask(`Basic ${base64.slice(0, 13)} is refused`)).toBe(`Basic ${base64.slice(0, 13)} is refused`);
    const bytes = JSON.stringify(new Uint8Array(Buffer.from('Zebra-Lion-99-Quagga')));
    for (const length of [38, 39, 40, 41, 42, 43, 44])
      expect(mask(`${bytes.slice(0, length)}\u2026`)).toMatch(/^\{\[masked\]/);
    const spread = JSON.stringify(Object.assign({}, Array.from('Zebra-Lion-99-Quagga')));
    for (const length of [56, 57, 58, 59, 60])
      expect(mask(`${spread.slice(0, length)}\u2026`)).toMatch(/^\{\[masked\]/);
  });

  it('are masked in base64 that stands in a URL, in HTML or in several lines of JSON', () => {
    const secret = 'p>>?ssw?rd~~Zebra>?Lion-99';
    const mask = secretMask([secret]);
    const base64 = Buffer.from(secret).toString('base64');
    expect(mask(`/x?token=${encodeURIComponent(base64)}&page=1`)).toBe('/x?token=[masked]&page=1');
    const inHtml = base64.replace(/[+/=]/g, (char) => `&#${char.charCodeAt(0)};`);
    expect(mask(`<p>${inHtml}</p>`)).toBe('<p>[masked]</p>');
    const lines = Buffer.from(`${'x'.repeat(40)}${secret}${'y'.repeat(40)}`)
      .toString('base64')
      .match(/.{1,64}/g);
    expect(mask(JSON.stringify({ key: lines?.join('\n') }))).toContain('[masked]');
  });

  it('are masked where base64 was cut behind other characters of its kind, or within an escape', () => {
    const mask = secretMask(['Zebra-Lion-99-Quagga', 'p>>?ssw?rd~~Zebra>?Lion-99']);
    const base64 = Buffer.from('Zebra-Lion-99-Quagga').toString('base64');
    for (const before of ['', 'a/', 'ab/', 'abc/', 'tokens/'])
      expect(mask(`/${before}${base64.slice(0, 18)}\u2026`)).toMatch(/^\[masked\]\u2026$|^\/\[masked\]\u2026$/);
    const inUrl = encodeURIComponent(Buffer.from('p>>?ssw?rd~~Zebra>?Lion-99').toString('base64'));
    for (let end = 22; end < inUrl.length; end += 1)
      expect(mask(`?token=${inUrl.slice(0, end)}\u2026`)).toMatch(/^\?token=\[masked\](?:%\w?)?\u2026$/);
  });

  it('are masked wherever a text was cut within one of their characters that is escaped', () => {
    const secret = 'Zebra\u20ac\u{1f98a}\u00e9Lion';
    const codes = Array.from({ length: secret.length }, (_, at) => secret.charCodeAt(at).toString(16).padStart(4, '0'));
    const written = [
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)),
      codes.map((code) => `\\u${code}`).join(''),
      codes.map((code) => `&#x${code};`).join(''),
      codes.map((code) => `&amp;#x${code};`).join(''),
      `Zebra${Buffer.from(secret.slice(5)).toString('hex').replace(/../g, '%$&')}`,
    ];
    for (const text of written)
      for (let end = Math.ceil(text.length / 2); end < text.length; end += 1)
        expect(secretMask([secret])(`q=${text.slice(0, end)}\u2026`)).toMatch(/^q=\[masked\]\u2026$/);
  });

  it('are masked in UTF-16, as Windows takes passwords', () => {
    for (const secret of ['Zebra-Lion-99', 'Zebra"Lion\u20ac99']) {
      const bytes = Buffer.from(JSON.stringify({ secret }), 'utf16le');
      expect(secretMask([secret])(bytes.toString('hex'))).toBe('[masked]');
      expect(secretMask([secret])(bytes.toString('base64'))).toBe('[masked]');
    }
    expect(secretMask(['Zebra-Lion-99'])(Buffer.from('a: Zebra-Lion-99', 'utf16le').toString('base64'))).toBe(
      '[masked]',
    );
  });

  it('are masked in hex behind one digit more', () => {
    const hex = Buffer.from('Zebra-Lion-99').toString('hex');
    expect(secretMask(['Zebra-Lion-99'])(`id=f${hex}`)).toContain('[masked]');
  });

  it('are masked without the line break that they end with in a file', () => {
    expect(secretMask(['Zebra-Lion-99\n'])('refused Zebra-Lion-99, again')).toBe('refused [masked], again');
  });

  it.each([['\n'], ['\r\n'], ['\\n']])('that are private keys are masked line by line, whose ends are %j', (end) => {
    const lines = ['MIIEvQIBADANBgkqhkiG9w0B', 'AQEFAASCBKcwggSjAgEAAoIB'];
    const mask = secretMask([['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----'].join(end)]);
    for (const line of lines) expect(mask(`at line ${line}, column 3`)).toBe('at line [masked], column 3');
    expect(mask('no -----BEGIN PRIVATE KEY----- here')).toBe('no -----BEGIN PRIVATE KEY----- here');
  });

  it('may be cut in a text from 256 characters on', () => {
    const mask = secretMask(['Zebra-Lion-99']);
    const text = (length: number) => `${'x'.repeat(length - 8)} Zebra-L`;
    expect(mask(text(256))).toContain('[masked]');
    expect(mask(text(255))).toBe(text(255));
  });

  it('are masked in characters that were spread and escaped before', () => {
    const mask = secretMask(['Zebra/Lion?99']);
    expect(mask(JSON.stringify(Object.assign({}, Array.from(encodeURIComponent('Zebra/Lion?99')))))).toBe('{[masked]}');
    expect(mask(JSON.stringify([...encodeURIComponent('Zebra/Lion?99')]))).toBe('[[masked]]');
  });

  it('are masked with their quotes and nothing beside them', () => {
    expect(secretMask(["O'Brien-99"])("SELECT 'O\\'Brien-99', 'O''Brien-99' FROM x")).toBe(
      "SELECT '[masked]', '[masked]' FROM x",
    );
    expect(secretMask(['a b+c d/e'])('/x?p=a%20b%2Bc%20d%2Fe&q=a+b%2Bc+d%2Fe#f')).toBe('/x?p=[masked]&q=[masked]#f');
  });

  it.each([
    [{ db: { host: 'db.example.test', password: 'Zebra-Lion-99' } }],
    [{ ssl: { passphrase: 'Zebra-Lion-99' } }],
    [{ user: { names: ['app-user'], password: ['Zebra-Lion-99'] } }],
    [{ host: 'postgres://app:Zebra-Lion-99@db.example.test/x' }],
    [{ role_id: 'app-role', secret_id: 'Zebra-Lion-99' }],
  ])('are found in settings that are JSON whatever stands around them: %j', (settings) => {
    expect(secretMask([JSON.stringify(settings)])('refused Zebra-Lion-99')).toBe('refused [masked]');
  });

  it('in base64 are settings of which the options are readable', () => {
    const settings = { host: 'db.example.test', password: 'Zebra-Lion-99' };
    const mask = secretMask([Buffer.from(JSON.stringify(settings)).toString('base64')]);
    expect(mask("{ host: 'db.example.test', password: 'Zebra-Lion-99' }")).toBe(
      "{ host: 'db.example.test', password: '[masked]' }",
    );
  });

  it('leave the options in settings that are JSON readable', () => {
    const settings = {
      ...{ sslmode: 'require', timezone: 'Europe/Berlin', charset: 'utf8mb4', userTable: 'customers' },
      ...{ env: 'production', application_name: 'userferry', hosts: [{ role: 'primary', host: ['db.example.test'] }] },
    };
    const text =
      'production: require is not defined, customers (utf8mb4) at Europe/Berlin, userferry primary db.example.test';
    expect(secretMask([JSON.stringify(settings)])(text)).toBe(text);
  });

  it('are masked behind a percent sign or a backslash that is no part of an escape', () => {
    const mask = secretMask(["ada o'hara", 'bea@example.test', "nora o'neil"]);
    expect(mask("LIKE '%ada o''hara%' OR '%ada o\\'hara%'")).toBe("LIKE '%[masked]%' OR '%[masked]%'");
    expect(mask('/users?q=%25bea%40example.test%25&page=1')).toBe('/users?q=%25[masked]%25&page=1');
    expect(mask("CORP\\nora o\\'neil")).toBe('CORP\\[masked]');
  });

  it('that are hardly more than quotes are masked however they are escaped', () => {
    const mask = secretMask([`"a'b'c`]);
    for (const text of ['%22a%27b%27c', `"a''b''c`, `\\"a\\'b\\'c`, '&#34;a&#39;b&#39;c'])
      expect(mask(text)).toBe('[masked]');
  });

  it('are masked where a text was cut within a letter', () => {
    expect(secretMask(['Zebra\u{1f98a}Lion'])('tells of Zebra\ufffd\u2026')).toBe('tells of [masked]\u2026');
  });

  it('that begin as many a word does leave the lines readable', () => {
    const mask = secretMask(Array.from({ length: 40 }, (_, n) => `https://hooks.example/${n}/${'x'.repeat(1_000)}`));
    const line = Array.from({ length: 30 }, (_, n) => `https://api.example/users/${n}`).join(' ');
    for (let n = 0; n < 60; n += 1) expect(mask(line)).toBe(line);
  });

  it('withhold the whole text when there are too many to look for', () => {
    const many = Array.from({ length: 501 }, (_, n) => `secret number ${n}`);
    expect(secretMask(many)('harmless')).toBe('[masked]');
    expect(secretMask(many.slice(1))('harmless, and secret number 7')).toBe('harmless, and [masked]');
  });

  it('of less than 6 characters are left, or every text would be full of holes', () => {
    expect(mask('short')).toBe('short');
  });

  it('may look like the mask itself, or like a pattern', () => {
    expect(secretMask(['masked', '.*.*.*', 'a-b\\c[d]/{e}'])('masked .*.*.* a-b\\c[d]/{e} anything')).toContain(
      'anything',
    );
  });
});

describe('a user’s data', () => {
  const mask = profileMask([
    JSON.stringify([{ email: 'Ann@Example.test', phone: null }, 'hunter2', { request: { ip: '10.1.1.1' } }]),
    JSON.stringify({ id: 7, customData: { deep: [{ note: 'likes tea' }] }, nickname: 'Ann' }),
  ]);

  it('is redacted at any depth, of arguments and result, whatever its case', () => {
    const text = 'ann@example.TEST with hunter2 from 10.1.1.1 likes tea';
    expect(mask(text)).toBe('[redacted] with [redacted] from [redacted] [redacted]');
  });

  it('of 4 characters is redacted, of less it is left', () => {
    expect(profileMask([JSON.stringify({ name: 'Anna' })])('Anna')).toBe('[redacted]');
    expect(mask('Ann')).toBe('Ann');
  });

  it('withholds the whole text when there is too much to look for', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `user-${index}`);
    expect(profileMask([JSON.stringify(many)])('found user-7')).toBe('[redacted]');
    const long = Array.from({ length: 300 }, (_, index) => `${index}${'\u4e00'.repeat(1_000)}`);
    expect(profileMask([JSON.stringify(long)])('harmless')).toBe('[redacted]');
  });

  it('is looked for by its beginning where it is longer than any text', () => {
    const photo = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n) % 251)).toString('base64');
    const mask = profileMask([JSON.stringify([{ photo, email: 'ann@example.test' }])]);
    expect(mask(`ann@example.test has ${photo.slice(0, 8_000)}\u2026`)).toBe('[redacted] has [redacted]\u2026');
    expect(mask('harmless')).toBe('harmless');
  });

  it('is no blanks and no dashes, which are in every text', () => {
    const text = '    at login (script.js:12:7)\n----------';
    expect(profileMask([JSON.stringify([{ title: '    ', phone: '----' }])])(text)).toBe(text);
  });
});

describe('numbers of a user', () => {
  const mask = profileMask([JSON.stringify([{ id: 48211, phone: 491701234567, tries: 1, balance: -1200.5 }])]);

  it('are redacted from four digits on', () => {
    expect(mask('user 48211 (+491701234567) has -1200.5 after 1 try')).toBe(
      'user [redacted] (+[redacted]) has -[redacted] after 1 try',
    );
  });
});

describe('typed passwords', () => {
  it('are masked from four characters on', () => {
    expect(passwordMask(['qz7k'])('no user with qz7k, qz7%6b or cXo3aw==')).toBe(
      'no user with [masked], [masked] or [masked]',
    );
  });

  it('are masked in a form and in SQL, with a quote', () => {
    const mask = passwordMask([`it's`]);
    for (const text of ['p=it%27s', `p=it''s`, `p=it\\'s`, 'p=it&#39;s']) expect(mask(text)).toBe('p=[masked]');
    expect(mask('its')).toBe('its');
  });

  it('that are shorter leave nothing of a text that holds them', () => {
    expect(passwordMask(['Qz'])('a qZ')).toBe('[masked]');
    expect(passwordMask(['a'])('a cat sat')).toBe('[masked]');
    expect(passwordMask(['x'])('no such letter')).toBe('no such letter');
    expect(passwordMask(['q7k'])('as YTpxN2s= and cTdr, 71376b')).toContain('[masked], [masked]');
  });

  it('are no list, no settings and no connection string', () => {
    expect(passwordMask(['password=zebra'])('a zebra')).toBe('a zebra');
  });
});

describe('texts and needles that are made to take long', () => {
  const text = 'a'.repeat(16_000);
  it.each([
    ['that all begin alike and are not there', Array.from({ length: 1_990 }, (_, n) => `${'a'.repeat(n + 4)}b`)],
    ['that are there everywhere', Array.from({ length: 1_990 }, (_, n) => 'a'.repeat(n + 4))],
  ])('are withheld: strings %s', (_, strings) => {
    const mask = profileMask([JSON.stringify(strings)]);
    expect(Array.from({ length: 4 }, () => mask(text))).toEqual(Array(4).fill('[redacted]'));
  });

  it.each([
    ['backslashes', '\\'],
    ['percent signs', '%25'],
    ['entities', '&amp;'],
    ['quotes', `'"`],
    ['accents', 'a\u0301\u0300\u0316'],
    ['bytes', '90, '],
    ['bytes far apart', `90,${' '.repeat(63)}`],
    ['bytes at their places', `"0":90,`],
    ['places', `"0":`],
    ['characters', `'a', `],
    ['characters at their places', `'0': '\\'', `],
    ['hex', '5a '],
    ['hex far apart', '5a  '],
    ['the beginning of a secret', 'zebra'],
    ['the beginning of a secret that was cut', 'zebra-quagga...'],
    ['what was no JSON', '...quag is not valid JSON'],
    ['dots', '.'],
  ])('are looked through at once: %s again and again', (_, part) => {
    const mask = secretMask([`zebra${part.repeat(40)}lion`, 'zebra-quagga-hippo'.repeat(50)]);
    const text = part.repeat(Math.ceil(16_384 / part.length));
    const started = performance.now();
    for (const end of ['', '!', '\u2026']) mask(text + end);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each(['key={;', `key=";`, 'a:b@', 'https://', '\n', ','])('are no secret that takes long to read: %s', (part) => {
    const started = performance.now();
    secretMask([`x://${part.repeat(10_000)}`, part.repeat(10_000)])('a line');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('are no reason to fail: what is no character', () => {
    const text = '&#9999999; &#xffffff; \\u{ffffff} %c0%80 %ed%a0%80';
    expect(secretMask(['Zebra-Lion-99'])(text)).toBe(text);
    expect(passwordMask([`\ud83e'"'`])('harmless')).toBe('harmless');
  });

  it('are no reason to fail: settings that are nested without end', () => {
    const nested = `${'['.repeat(20_000)}"Zebra-Lion-99"${']'.repeat(20_000)}`;
    expect(secretMask([nested])('has Zebra-Lion-99')).toBe('has [masked]');
  });

  it('are no reason to fail, nor to repeat a secret: one of any length', () => {
    const secret = '\u{10400}k'.repeat(20_000);
    expect(secretMask([secret])(`x ${secret} y`)).toMatch(/^(?:x )?\[masked\](?: y)?$/);
  });
});
