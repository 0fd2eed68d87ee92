import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome, Runner } from './run.ts';

const GENERATED = 'libs/contracts/src/gen';

/** Holds the proto files against style, against what was published before, and the generated code against them. */
export async function checkContracts(root: string, runner: Runner): Promise<Outcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'userferry-contracts-'));
  try {
    const outcomes = [
      await runner.program('buf', 'lint'),
      await checkPlantedBreak(root, runner, join(scratch, 'planted')),
      await checkBreaking(root, runner, join(scratch, 'published')),
      await checkGenerated(root, runner, join(scratch, 'fresh')),
    ];
    const note = outcomes.find((outcome) => outcome.note !== undefined)?.note;
    const output = outcomes.map((outcome) => outcome.output).join('');
    return { ok: outcomes.every(({ ok }) => ok), output, ...(note === undefined ? {} : { note }) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The last release tag, else the parent commit where it has proto files. */
async function checkBreaking(root: string, runner: Runner, folder: string): Promise<Outcome> {
  const tag = await runner.program('git', 'describe', '--tags', '--abbrev=0', '--match', 'v*');
  const against = tag.ok ? tag.output.trim() : 'HEAD~1';
  const files = await runner.program('git', 'ls-tree', '-r', '--name-only', against, 'proto/', 'buf.yaml');
  if (!files.ok || !files.output.includes('.proto')) {
    return {
      ok: true,
      output: '',
      note: `no earlier contracts to compare with: no release tag, and no proto files in ${against}`,
    };
  }
  for (const file of files.output.trim().split('\n')) {
    const content = await runner.program('git', 'show', `${against}:${file}`);
    if (!content.ok) return content;
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), content.output);
  }
  const outcome = await runner.program('buf', 'breaking', root, '--against', folder);
  return outcome.ok ? outcome : { ...outcome, output: `broken since ${against}:\n${outcome.output}` };
}

/** Proves that the check bites: a call and a field are taken away, and both must be missed. */
async function checkPlantedBreak(root: string, runner: Runner, folder: string): Promise<Outcome> {
  copyContracts(root, folder);
  for (const file of protoFiles(folder)) writeFileSync(file, plantBreak(readFileSync(file, 'utf8')));
  const { ok, output } = await runner.program('buf', 'breaking', folder, '--against', root);
  const caught = !ok && /Previously present field/.test(output) && /Previously present RPC/.test(output);
  return { ok: caught, output: caught ? '' : `buf breaking missed a planted break:\n${output}` };
}

/** Takes the first field and the first call out of a proto text. */
export function plantBreak(text: string): string {
  return text
    .replace(/^ +(?:repeated |optional )?[\w.]+ \w+ = \d+[^;]*;$/m, '')
    .replace(/^ +rpc \w+\([^)]*\) returns \([^)]*\)\s*(?:;|\{[^}]*\})$/m, '');
}

/** Generates once more, elsewhere, and compares byte by byte. */
async function checkGenerated(root: string, runner: Runner, folder: string): Promise<Outcome> {
  copyContracts(root, folder);
  cpSync(join(root, 'buf.gen.yaml'), join(folder, 'buf.gen.yaml'));
  cpSync(join(root, 'tools/generate'), join(folder, 'tools/generate'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, GENERATED), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const outcome = await runner.program(process.execPath, join(folder, 'tools/generate/main.ts'));
  if (!outcome.ok) return outcome;
  const stale = differences(join(root, GENERATED), join(folder, GENERATED));
  const lines = stale.map(
    (file) => `${GENERATED}/${file} is not what the proto files generate: run npm run generate\n`,
  );
  return { ok: stale.length === 0, output: lines.join('') };
}

/** Names of the files that are not the same in both folders; both being empty is a difference, too. */
export function differences(one: string, other: string): string[] {
  const names = [...new Set([...filesIn(one), ...filesIn(other)])].sort();
  if (names.length === 0) return ['(nothing)'];
  const read = (folder: string, name: string) =>
    filesIn(folder).includes(name) ? readFileSync(join(folder, name)).toString('hex') : undefined;
  return names.filter((name) => read(one, name) !== read(other, name));
}

function copyContracts(root: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'proto'), join(folder, 'proto'), { recursive: true });
  cpSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
}

function protoFiles(folder: string): string[] {
  return filesIn(folder)
    .filter((name) => name.endsWith('.proto'))
    .map((name) => join(folder, name));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
