/** Which clients were opened as in the days of driver 3.6: with options that no driver of today has a use for. */

const oldClients = new WeakSet<object>();

export const markOldClient = (client: object): void => void oldClients.add(client);
export const isOldClient = (client: object): boolean => oldClients.has(client);

/** The client that a database, a collection or a cursor belongs to; the object itself when it is one. */
export function clientOf(owner: object): object {
  const { client } = owner as { client?: unknown };
  return typeof client === 'object' && client !== null ? client : owner;
}
