import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboardText } from './dashboard.ts';
import { metricsPage } from './metrics-page.ts';

const write = (path: string, text: string) =>
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);

write('docs/metrics.md', metricsPage());
write('deploy/grafana/userferry.json', dashboardText());
