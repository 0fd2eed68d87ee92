import { writeFileSync } from 'node:fs';
import { DOC_FILE, renderCallTable } from './render-call-table.ts';

writeFileSync(DOC_FILE, renderCallTable());
