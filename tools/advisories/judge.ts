import type { Asked, Finding } from './ask-npm.ts';
import { floorProblem, type Used } from './floors.ts';

/** What the check ends with. */
export const EXIT = { clean: 0, touched: 1, couldNotAsk: 3 } as const;

export type Verdict = { readonly exitCode: (typeof EXIT)[keyof typeof EXIT]; readonly lines: readonly string[] };

export type Installed = { readonly shipped: ReadonlySet<string>; readonly engine: readonly Used[] };

const lineOf = ({ package: name, severity, title, url, range, fix }: Finding, label: string): string =>
  `${label}: ${name} ${range} (${severity}): ${title}. ${url}. Fix: ${fix}`;

/** A tool of development cannot be reached by anybody outside; one that is malicious itself can do harm all the same. */
const fails = ({ severity, places }: Finding, shipped: ReadonlySet<string>): boolean =>
  severity === 'critical' || places.some((place) => shipped.has(place));

/** What is known against what is installed: what ships fails, the rest is told. */
export const judge = (asked: Asked, { shipped, engine }: Installed): Verdict => {
  const problems = engine.flatMap((used) => {
    const problem = floorProblem(used);
    return problem === undefined ? [] : [{ problem, ships: used.ships }];
  });
  const findings = asked.ok ? asked.findings : [];
  const touching = findings.filter((finding) => fails(finding, shipped));
  const others = findings.filter((finding) => !fails(finding, shipped));
  const isTouched = touching.length > 0 || problems.some(({ ships }) => ships);
  const lines = [
    ...problems.map(({ problem, ships }) => `${ships ? 'below the floor' : 'development only'}: ${problem}`),
    ...touching.map((finding) => lineOf(finding, 'touches what is installed')),
    ...others.map((finding) => lineOf(finding, 'development only')),
    summaryOf(asked, touching.length + problems.filter(({ ships }) => ships).length),
  ];
  if (isTouched) return { exitCode: EXIT.touched, lines };
  return { exitCode: asked.ok ? EXIT.clean : EXIT.couldNotAsk, lines };
};

const summaryOf = (asked: Asked, count: number): string => {
  const found = count === 0 ? 'nothing that is known touches what ships' : `${count} to be seen to`;
  if (asked.ok) return `${asked.packages} packages asked about: ${found}`;
  return `could not ask for advisories: ${asked.problem}. The floors alone were checked: that is no all-clear`;
};
