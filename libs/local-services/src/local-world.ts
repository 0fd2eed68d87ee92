import { type LegacyDatabase, startLegacyDatabase } from './company/legacy-database.ts';
import { type LocalUserferry, type LocalUserferryOptions, startLocalUserferry } from './local-userferry.ts';

/** Everything that a story needs, as real processes on free loopback ports: a legacy database, our store, our services. */
export type LocalWorld = LocalUserferry & { readonly legacy: LegacyDatabase };

export type LocalWorldOptions = Omit<LocalUserferryOptions, 'onPart'> & {
  /** Told as each part is there: what is up, in a few words. */
  readonly onPart?: (part: 'legacy' | 'store' | 'services') => void;
};

/** Starts the world part by part; when a part fails, those before it are taken down again. */
export const startLocalWorld = async (options: LocalWorldOptions = {}): Promise<LocalWorld> => {
  const stack = new AsyncDisposableStack();
  try {
    const legacy = await startLegacyDatabase();
    stack.defer(() => legacy.server.stop());
    options.onPart?.('legacy');
    const env = { USERFERRY_EGRESS_ALLOW: `127.0.0.1:${legacy.server.port}`, ...options.env };
    const userferry = stack.use(await startLocalUserferry({ ...options, env }));
    return { ...userferry, legacy, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};
