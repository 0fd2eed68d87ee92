import {
  type ConnectionMode,
  requiredActions,
  type ScriptAction,
  type ScriptLanguage,
} from '@userferry/script-contract';
import { type LegacyStore, schemaOf, templateOf } from '@userferry/script-templates';
import { COMPILER_OPTIONS, scriptDeclarations } from '@userferry/script-types';
import { caseFileJsonSchema } from '../cases/case-file.ts';
import { startCases } from './start-cases.ts';
import { typedScript } from './typed-script.ts';

/** What an author starts with. */
export type Start = { readonly store: LegacyStore; readonly mode: ConnectionMode; readonly language: ScriptLanguage };

const hasTables = (store: LegacyStore): store is 'postgresql' | 'mysql' | 'sqlserver' =>
  ['postgresql', 'mysql', 'sqlserver'].includes(store);

const URIS: Readonly<Record<LegacyStore, string>> = {
  postgresql: 'postgres://reader:password@db.example.com:5432/company',
  mysql: 'mysql://reader:password@db.example.com:3306/company',
  mongodb: 'mongodb://reader:password@db.example.com:27017/company',
  sqlserver: 'mssql://reader:password@db.example.com:1433/company',
  'web-service': '',
};

const envText = (store: LegacyStore): string =>
  store === 'web-service'
    ? '# What the scripts see as env.\nAPI_URL=https://users.example.com/api\nAPI_TOKEN=token\n'
    : `# What the scripts see as env; DB_HOST and the like follow from it.\nDB_CONNECTION_URI=${URIS[store]}\n`;

const actionsOf = (mode: ConnectionMode): readonly ScriptAction[] =>
  mode === 'custom_user_store' ? [...requiredActions(mode), 'searchUser'] : requiredActions(mode);

const projectText = (language: ScriptLanguage): string => {
  const { noEmit, ...options } = COMPILER_OPTIONS;
  const compilerOptions = language === 'typescript' ? { noEmit, ...options } : options;
  return `${JSON.stringify({ compilerOptions, include: ['*.js', '*.ts', 'types/*.d.ts'] }, undefined, 2)}\n`;
};

/** The files of a new folder by name; `types/` is made anew by every start. */
export const startFiles = ({ store, mode, language }: Start): ReadonlyMap<string, string> => {
  const extension = language === 'typescript' ? 'ts' : 'js';
  const actions = actionsOf(mode);
  return new Map([
    ...actions.map(
      (action) => [`${action}.${extension}`, typedScript(action, templateOf(store, action), language)] as const,
    ),
    [language === 'typescript' ? 'tsconfig.json' : 'jsconfig.json', projectText(language)],
    ['cases.yaml', startCases(store, actions)],
    ['.env.example', envText(store)],
    ['.gitignore', '.env\ntypes/\n'],
    ...(hasTables(store) ? [['schema.sql', schemaOf(store)] as const] : []),
    ...scriptDeclarations().map(({ name, text }) => [`types/${name}`, text] as const),
    ['types/cases.schema.json', `${JSON.stringify(caseFileJsonSchema(), undefined, 2)}\n`],
  ]);
};
