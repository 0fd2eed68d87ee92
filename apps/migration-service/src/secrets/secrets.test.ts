import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomRing } from '../service-for-tests.ts';
import { readKeyFile } from './key-file.ts';
import { loadSecrets } from './load-secrets.ts';
import { formatRing, parseRing } from './parse-ring.ts';

let folder: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'userferry-keys-'));
  keyFile = join(folder, 'state', 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the key file', () => {
  it('is made at the first start, for its owner alone, and read at the next', () => {
    const made = readKeyFile(keyFile);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(readKeyFile(keyFile)).toEqual(made);
    expect(made.encryptionKeys.secrets.get(made.encryptionKeys.currentId)).toHaveLength(32);
  });

  it.runIf(process.platform === 'linux')('fails where none can be made, instead of trying for ever', () => {
    expect(() => readKeyFile('/proc/userferry/keys.json')).toThrow('/proc/userferry');
  });

  it('has keys and ids of its own every time it is made', () => {
    const first = readKeyFile(keyFile);
    rmSync(keyFile);
    expect(readKeyFile(keyFile).peppers.currentId).not.toBe(first.peppers.currentId);
  });

  it('is refused when every user of the machine may read it', () => {
    readKeyFile(keyFile);
    chmodSync(keyFile, 0o644);
    expect(() => readKeyFile(keyFile)).toThrow('may be read by every user of this machine');
  });

  it('of another form is refused without a word of its content', () => {
    readKeyFile(keyFile);
    for (const content of ['hunter2', '{"encryptionKeys":"hunter2","peppers":"hunter2"}', '{"hunter2":1}']) {
      writeFileSync(keyFile, content);
      expect(() => readKeyFile(keyFile)).toThrow(/^(?!.*hunter2).*the key file/);
    }
  });

  it('is not made when the environment sets both rings, and fills in the one that is missing', () => {
    const given = randomRing('e1');
    loadSecrets({ encryptionKeys: given, peppers: given, keyFile });
    expect(existsSync(keyFile)).toBe(false);
    const loaded = loadSecrets({ encryptionKeys: given, keyFile });
    expect(loaded.encryptionKeys).toBe(given);
    expect(readFileSync(keyFile, 'utf8')).toContain(loaded.peppers.currentId);
  });
});

describe('a ring', () => {
  it('is read as it was written, the current one first', () => {
    const ring = { ...randomRing('old', 'new'), currentId: 'new' };
    const parsed = parseRing(formatRing(ring));
    expect('problem' in parsed ? parsed : [parsed.currentId, parsed.secrets.get('old')]).toEqual([
      'new',
      ring.secrets.get('old'),
    ]);
  });

  it.each(['', 'hunter2', 'k1:aHVudGVyMg==', `${formatRing(randomRing('k1'))},${formatRing(randomRing('k1'))}`, 'k1:'])(
    'is refused without repeating it (%#)',
    (text) => {
      const parsed = parseRing(text);
      expect(parsed).toHaveProperty('problem');
      expect(JSON.stringify(parsed)).not.toMatch(/hunter2|aHVudGVyMg/);
    },
  );
});
