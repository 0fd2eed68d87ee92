import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { metricsPage } from './page.ts';

writeFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), metricsPage());
