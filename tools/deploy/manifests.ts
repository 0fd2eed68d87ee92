import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What every object of Kubernetes has; the rest is for its schema to judge. */
const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.unknown().optional(),
});

export type KubernetesObject = z.infer<typeof objectSchema>;

/** Every object of a kustomization's own files, in order. Throws on YAML that is none, or on a key given twice. */
export const readKubernetes = (folder: string): readonly KubernetesObject[] => {
  const files = globSync(`${folder}/*.yaml`, { cwd: ROOT }).filter((file) => !file.endsWith('kustomization.yaml'));
  return files.sort().flatMap((file) =>
    parseAllDocuments(readText(file)).map((document) => {
      const [problem] = [...document.errors, ...document.warnings];
      if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
      return objectSchema.parse(document.toJS());
    }),
  );
};

/** compose.yaml with its merges (`<<`) done. */
export const readCompose = (): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).parse(parse(readText('deploy/compose.yaml'), { merge: true }));
