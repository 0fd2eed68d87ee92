import { execFile } from 'node:child_process';
import { z } from 'zod';

/** One advisory that touches an installed package. */
export type Finding = {
  readonly package: string;
  readonly severity: string;
  readonly title: string;
  /** Where to read about it. */
  readonly url: string;
  readonly range: string;
  /** Places in the lockfile. */
  readonly places: readonly string[];
  readonly fix: string;
};

export type Asked =
  | { readonly ok: true; readonly packages: number; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly problem: string };

/** Runs npm and gives back what it printed, whatever its exit code: npm ends with 1 when it has found something. */
export type RunNpm = (args: readonly string[]) => Promise<{ readonly stdout: string; readonly stderr: string }>;

const ANSWER_MS_MAX = 120_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export const npmIn =
  (folder: string): RunNpm =>
  (args) =>
    new Promise((resolve) => {
      const options = { cwd: folder, timeout: ANSWER_MS_MAX, maxBuffer: ANSWER_BYTES_MAX };
      execFile('npm', [...args], options, (error, stdout, stderr) =>
        resolve({ stdout, stderr: stderr || (error?.message ?? '') }),
      );
    });

const advisory = z.object({ title: z.string(), url: z.string(), severity: z.string(), range: z.string() });
const fixes = z.union([z.boolean(), z.object({ name: z.string(), version: z.string(), isSemVerMajor: z.boolean() })]);

const report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      name: z.string(),
      // A text names another package of this list, which brings the advisory.
      via: z.array(z.union([z.string(), advisory])),
      nodes: z.array(z.string()),
      fixAvailable: fixes,
    }),
  ),
  metadata: z.object({ dependencies: z.object({ total: z.number().int().positive() }) }),
});

const failure = z.object({
  message: z.string().optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }).optional(),
});

const fixOf = (fix: z.infer<typeof fixes>): string => {
  if (typeof fix === 'boolean') return fix ? 'an upgrade within the ranges' : 'none yet';
  return `${fix.name} ${fix.version}${fix.isSemVerMajor ? ', another major version' : ''}`;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const problemOf = (answer: unknown, stderr: string): string => {
  const { data } = failure.safeParse(answer);
  const said = data?.error?.summary || data?.message || data?.error?.code;
  return said || stderr.trim().split('\n')[0] || 'npm gave no report';
};

/**
 * Asks the registry's advisory service, through npm, about everything that the lockfile installs. Whatever is not a whole
 * report about at least one package is no answer: never "nothing found".
 */
export const askNpm = async (run: RunNpm): Promise<Asked> => {
  const { stdout, stderr } = await run(['audit', '--json']);
  const answer = parse(stdout);
  const read = report.safeParse(answer);
  if (!read.success) return { ok: false, problem: problemOf(answer, stderr) };
  const { vulnerabilities, metadata } = read.data;
  const findings = Object.values(vulnerabilities).flatMap(({ name, via, nodes, fixAvailable }) =>
    via.flatMap((each): Finding[] =>
      typeof each === 'string' ? [] : [{ ...each, package: name, places: nodes, fix: fixOf(fixAvailable) }],
    ),
  );
  return { ok: true, packages: metadata.dependencies.total, findings };
};
