import { core } from '../registry.ts';

const MESSAGE =
  'NODE_TLS_REJECT_UNAUTHORIZED is not heeded: give this connection "ca", or "rejectUnauthorized: false" where it may be anybody';

/** Scripts of plain Node switch the check of certificates off for their whole process; here each connection says so itself. */
export function tellOfUnheededSetting(): void {
  const { env }: { readonly env: Readonly<Record<string, unknown>> } = core.process;
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  // biome-ignore lint/suspicious/noConsole: what a script's console says is the log of its run.
  console.warn(MESSAGE);
}
