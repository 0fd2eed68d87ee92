import { rmSync } from 'node:fs';
import { startLegacyDatabase } from '@userferry/local-services';
import { temporaryBuild } from '../build/temporary-build.ts';

/** The legacy user store is one for all connections here, so it has to bear what would be spread over a thousand. */
const STORE_SETTINGS = { max_connections: '400', shared_buffers: '32MB' };

/** How much more the first of many connections has to do than those behind it. */
export const EXPONENT = 1.1;

export type RunnerGround = { readonly url: string; readonly builtFolders: string };

/** The legacy user store of all connections, and script-runner as it is deployed; both are gone with the stack. */
export const prepareRunners = async (stack: AsyncDisposableStack): Promise<RunnerGround> => {
  const { server, url } = await startLegacyDatabase({ settings: STORE_SETTINGS });
  stack.defer(() => server.stop());
  const { folder: builtFolders } = await temporaryBuild('script-runner');
  stack.defer(() => rmSync(builtFolders, { recursive: true }));
  return { url, builtFolders };
};
