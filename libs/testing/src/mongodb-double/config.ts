/** The MongoDB that the environment names for tests, `mongodb://user:password@host:port/?…`; the user may write. */
export const readMongodbUrl = (): string | undefined => process.env.MONGODB_URL || undefined;
