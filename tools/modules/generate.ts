import { join } from 'node:path';
import type { OfferedModule } from '@userferry/sandbox';
import { type Documented, documentedFunctions } from './documented.ts';
import { guestNamesText } from './guest-names.ts';
import { modulesPage } from './page.ts';
import { sandboxState } from './sandbox-state.ts';

const ROOT = join(import.meta.dirname, '../..');
export const GUEST_NAMES_FILE = join(ROOT, 'libs/sandbox/src/guest/modules/documented-functions.ts');
export const PAGE_FILE = join(ROOT, 'docs/modules.md');

/** Packages of that name are not meant where Node has a module of it. */
const NOT_OF_NODE = /^(bcrypt|lodash|mongodb|mssql|mysql2|pg|axios)\b/;

const coreOf = (modules: readonly OfferedModule[]): Documented[] =>
  modules.filter(({ name }) => !NOT_OF_NODE.test(name)).map(({ name }) => documentedFunctions(name));

/** The text of the page, as the built sandbox is, and of the list that the guest reads. */
export async function generatedTexts(): Promise<{ readonly page: string; readonly guestNames: string }> {
  let documented: readonly Documented[] = [];
  const { modules, states } = await sandboxState((offered) => {
    documented = coreOf(offered);
    return documented;
  });
  return { page: modulesPage(modules, states), guestNames: guestNamesText(documented) };
}
