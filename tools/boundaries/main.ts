import { join } from 'node:path';
import { checkBoundaries } from './check-boundaries.ts';

const { files, imports, violations } = checkBoundaries(join(import.meta.dirname, '..', '..'));
for (const violation of violations) console.log(violation);
console.log(`${files} files, ${imports} imports, ${violations.length} violations`);
process.exitCode = violations.length > 0 ? 1 : 0;
