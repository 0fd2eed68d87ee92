/** Servers that tests use where the environment names them. */
export const MONGODB_URL: string | undefined = process.env['MONGODB_URL'];
