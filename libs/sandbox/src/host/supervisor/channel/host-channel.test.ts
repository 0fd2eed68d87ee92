import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { encodeFrame } from '../../../bridge/frame-codec.ts';
import type { HostListener } from '../spawner/spawner.ts';
import { startHostChannel } from './host-channel.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

/** The two ends of a frame pipe. */
const openPipe = async (): Promise<{ ours: Socket; theirs: Socket }> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = (await once(server, 'connection')) as [Socket];
  await once(theirs, 'connect');
  theirs.on('error', () => undefined);
  stack.defer(() => void server.close());
  stack.defer(() => void theirs.destroy());
  return { ours, theirs };
};

/** A host that has started: what is heard of it, and who tells. */
const startedHost = async () => {
  const { ours, theirs } = await openPipe();
  const heard: unknown[] = [];
  const over = Promise.withResolvers<void>();
  let tell: HostListener = () => undefined;
  startHostChannel(
    (listener) => {
      tell = listener;
      return { open: () => undefined, kill: () => undefined };
    },
    {
      frame: (frame) => void heard.push(frame),
      violation: (rule) => void heard.push(`violation: ${rule}`),
      closed: () => void heard.push('closed'),
      stderr: () => undefined,
      exited: (reason) => {
        heard.push(reason);
        over.resolve();
      },
    },
  );
  tell({ kind: 'started', pid: 1 }, ours);
  return { heard, theirs, exited: () => tell({ kind: 'exited', reason: 'SIGKILL' }), over: over.promise };
};

const READY = { kind: 'ready' } as const;

it('what a host said before it ended is heard, though the news of its end comes first', async () => {
  const { heard, theirs, exited, over } = await startedHost();
  theirs.end(encodeFrame(READY));
  exited();
  await over;
  expect(heard).toEqual([READY, 'closed', 'SIGKILL']);
});

it('an end is told although somebody holds the pipe of the host open', async () => {
  const { heard, exited, over } = await startedHost();
  exited();
  await over;
  expect(heard).toEqual(['SIGKILL']);
});
