import { closest } from '@userferry/process';
import type { Env } from '../read-env.ts';

const READ = /(\bprocess\.)?\benv(?:\.|\[\s*['"])([A-Za-z_]\w*)/g;

/** Of the variables that a source reads by their names, those that a script does not find, each with what to do. */
export const unsetVariables = (source: string, env: Env): readonly string[] => {
  const hints = [...source.matchAll(READ)].map(([, ofProcess, name = '']) => {
    if (ofProcess !== undefined) return `process.env is empty in scripts: env.${name}`;
    if (Object.hasOwn(env, name)) return undefined;
    const meant = closest(name, Object.keys(env));
    return `env.${name} is not set${meant === undefined ? '' : `: did you mean ${meant}?`}`;
  });
  return [...new Set(hints.filter((hint) => hint !== undefined))];
};
