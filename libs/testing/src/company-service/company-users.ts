/** A user of the company, with the password as it is. */
export type CompanyUser = {
  readonly id: string;
  readonly password?: string;
  readonly [field: string]: string | undefined;
};
type Fields = Readonly<Record<string, string | undefined>>;

/** What the web service answers: a status, and JSON where there is any. */
export type Answer = readonly [status: number, body?: unknown];

const IDENTIFIERS = ['email', 'phone', 'username'] as const;
const NOT_FOUND: Answer = [404, { message: 'there is no such user' }];
const TAKEN: Answer = [409, { message: 'there is such a user already' }];

const shown = ({ password: _, ...profile }: CompanyUser) => profile;

const isOf = (user: CompanyUser, wanted: Fields): boolean =>
  (wanted.id != null && user.id === wanted.id) ||
  IDENTIFIERS.some((name) => wanted[name] != null && user[name] === wanted[name]);

/** The users of a company's web service, and what it answers about them as the ready-made scripts expect it. */
export const createCompanyUsers = (given: readonly CompanyUser[]) => {
  const users = given.map((user) => ({ ...user }));
  const find = (wanted: Fields) => users.find((user) => isOf(user, wanted));
  const about = (wanted: Fields, answer: (user: CompanyUser) => Answer): Answer => {
    const user = find(wanted);
    return user === undefined ? NOT_FOUND : answer(user);
  };
  const proves = (user: CompanyUser, password: unknown) => user.password !== undefined && user.password === password;
  return {
    find: (wanted: Fields) => about(wanted, (user) => [200, shown(user)]),
    login: (given: Fields) =>
      about(given, (user) => (proves(user, given.password) ? [200, shown(user)] : [403, { message: 'no' }])),
    validate: (id: string, password: unknown) => about({ id }, (user) => (proves(user, password) ? [204] : [403])),
    list: (page: number, limit: number): Answer => {
      const list = users.slice((page - 1) * limit, page * limit).map(shown);
      // Counted beside the rows, as by a window function: past the end there are none to say it.
      return [200, { totalCount: list.length === 0 ? 0 : users.length, list }];
    },
    search: (keyword: string): Answer => {
      const list = users.filter((user) => [...IDENTIFIERS, 'nickname'].some((name) => user[name]?.includes(keyword)));
      return [200, { totalCount: list.length, list: list.map(shown) }];
    },
    create: (given: Fields): Answer => {
      if (find({ ...given, id: undefined })) return TAKEN;
      const user = { ...given, id: String(Number(users.at(-1)?.id ?? 0) + 1) };
      users.push(user);
      return [201, shown(user)];
    },
    update: (id: string, changes: Fields) =>
      about({ id }, (user) => {
        const other = find({ ...changes, id: undefined });
        return other === undefined || other === user ? [200, shown(Object.assign(user, changes, { id }))] : TAKEN;
      }),
    remove: (id: string) =>
      about({ id }, (user) => {
        users.splice(users.indexOf(user), 1);
        return [204];
      }),
  };
};

export type CompanyUsers = ReturnType<typeof createCompanyUsers>;
