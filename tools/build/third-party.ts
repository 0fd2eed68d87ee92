import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageOf, ROOT } from './paths.ts';

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]).optional(),
});

export type ThirdParty = {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Its licence and notice files, as they are. */
  readonly texts: readonly string[];
};

/** What a licence is called that only a text names. */
const spoken = (texts: readonly string[]): string | undefined => {
  if (texts.some((text) => /Permission is hereby granted, free of charge/.test(text))) return 'MIT';
  return texts.some((text) => /Apache License\s+Version 2\.0/.test(text)) ? 'Apache-2.0' : undefined;
};

/** Reads of one package what its users have to be told. Throws when it states no licence. */
const readPackage = (folder: string): ThirdParty => {
  const { name, version, license } = manifest.parse(
    JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
  );
  const files = readdirSync(join(ROOT, folder))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort();
  const texts = files.map((file) =>
    readFileSync(join(ROOT, folder, file), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim(),
  );
  const licence = license ?? spoken(texts);
  if (licence === undefined) throw new Error(`${name}@${version} states no licence`);
  return { name, version, licence, texts };
};

/** The packages that these files (from the root) belong to, in order of their names. */
export const thirdParties = (files: readonly string[]): readonly ThirdParty[] => {
  const folders = new Set(files.flatMap((file) => packageOf(file)?.folder ?? []));
  const all = [...folders].map(readPackage).map((each) => [`${each.name}@${each.version}`, each] as const);
  return [...new Map(all)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
};

const LINE = `\n\n${'-'.repeat(80)}\n`;

/** THIRD-PARTY.txt: every package of others that is in the folder, with its licence and its licence's text. */
export const describeThirdParties = (parties: readonly ThirdParty[]): string => {
  const list = parties.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const texts = parties.map(({ name, version, texts: own }) =>
    [`${name} ${version}`, ...(own.length > 0 ? own : ['(the package brings no text of its licence)'])].join('\n\n'),
  );
  return `This folder holds code of others, under the licences named here.\n\n${list.join('\n')}${LINE}${texts.join(LINE)}\n`;
};
