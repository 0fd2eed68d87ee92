import type { ScriptAction } from '@userferry/script-contract';
import type { LegacyStore } from '@userferry/script-templates';
import { idIn } from '../seed/people.ts';
import { SEEDED_STORES } from '../seed/seed.ts';

/** What the ready-made scripts are expected to do with the sample users. */
const CASES: Readonly<Record<ScriptAction, string>> = {
  login: `  - name: Ada logs in
    action: login
    args: { email: ada@example.com, password: ada-Secret-1 }
    expect:
      profile: { username: ada, nickname: Ada }
  - name: a wrong password is refused
    action: login
    args: { email: ada@example.com, password: wrong }
    expect: { rejected: wrong_password }
  - name: nobody has this address
    action: login
    args: { email: nobody@example.com, password: wrong }
    expect: { rejected: true }
`,
  getUser: `  - name: Grace is found by her name
    action: getUser
    args: { username: grace }
    expect:
      profile: { email: grace@example.com, username: grace }
  - name: a user who does not exist is not found
    action: getUser
    args: { email: nobody@example.com }
    expect: { not_found: true }
`,
  searchUser: `  - name: a search finds Alan
    action: searchUser
    args: { keyword: alan }
    expect:
      contains: { totalCount: 1, list: [{ username: alan }] }
`,
  createUser: `  - name: a new user is stored
    action: createUser
    args: { email: joan@example.com, username: joan, password: joan-Secret-1 }
    expect:
      profile: { email: joan@example.com }
  - name: an address that is taken is refused
    action: createUser
    args: { email: ada@example.com, password: other-Secret-1 }
    expect: { rejected: user_exists }
`,
  updateUser: `  - name: a nickname is changed
    action: updateUser
    args: { id: "2", fields: { nickname: Amazing Grace } }
    expect:
      profile: { nickname: Amazing Grace }
`,
  deleteUser: `  - name: a user is removed
    action: deleteUser
    args: { id: "5" }
    expect: { result: true }
`,
  listUsers: `  - name: the first page has users
    action: listUsers
    args: { page: 1, limit: 2 }
    expect:
      contains: { totalCount: { $type: number }, list: [{ email: { $type: string } }, { email: { $type: string } }] }
`,
  validatePassword: `  - name: Ada's password is hers
    action: validatePassword
    args: { id: "1", password: ada-Secret-1 }
    expect: { result: true }
  - name: another is not
    action: validatePassword
    args: { id: "1", password: wrong }
    expect: { rejected: wrong_password }
`,
};

const headOf = (store: LegacyStore): string =>
  SEEDED_STORES.some((seeded) => seeded === store)
    ? `# A store of its own with sample users, made for each run; take the line out to use the one of .env.\nseed: ${store}\n`
    : '# These sample users are not in your store: write your own.\n';

const withIds = (store: LegacyStore, cases: string): string =>
  cases.replace(/\bid: "(\d+)"/g, (_, n: string) => `id: "${idIn(store, Number(n))}"`);

/** A file of cases to begin with. */
export const startCases = (store: LegacyStore, actions: readonly ScriptAction[]): string =>
  `# yaml-language-server: $schema=types/cases.schema.json\n${headOf(store)}cases:\n${actions.map((action) => withIds(store, CASES[action])).join('')}`;
