import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { SupervisorFrame } from '../../../bridge/frames.ts';
import { createConversation } from './conversation.ts';
import { createFrameSplitter, encodeFrame } from './frame-splitter.ts';
import { isTooHeavy } from './frame-weight.ts';
import { openSocket } from './open-socket.ts';
import type { BrokerEvent, BrokerInput, BrokerOrder } from './protocol.ts';
import { createSocketPassage } from './socket-passage.ts';

/*
 * The thread of one isolate host: it starts the child, reads what it writes and hands sockets over. Whatever a hostile
 * child can do to its reader, it does to this thread alone; and the kernel kills the child when this thread ends.
 */

const FRAME_BYTES_MAX = 16 * 1024 * 1024;
const STDERR_BYTES_MAX = 4096;

class Violation extends Error {}

const emit = (event: BrokerEvent): void => parentPort?.postMessage(event);

const startChild = ({ file, args }: BrokerInput): ChildProcess =>
  spawn(file, args, { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'] });

const readStderr = (child: ChildProcess): void => {
  let left = STDERR_BYTES_MAX;
  child.stderr?.on('data', (bytes: Buffer) => {
    if (left > 0) emit({ event: 'stderr', text: bytes.subarray(0, left).toString('utf8') });
    left -= bytes.length;
  });
};

const serve = (child: ChildProcess): void => {
  const pipe = child.stdio[4] as unknown as Duplex;
  const conversation = createConversation();
  let dead = false;

  const stop = (event: BrokerEvent): void => {
    if (dead) return;
    dead = true;
    pipe.pause();
    emit(event);
  };
  const violation = (rule: string): void => stop({ event: 'violation', rule });
  const closed = (): void => stop({ event: 'closed' });
  const splitter = createFrameSplitter(FRAME_BYTES_MAX);
  const passage = createSocketPassage(child, violation);

  const send = (frame: SupervisorFrame): void => {
    conversation.sent(frame);
    if (!dead && pipe.writable) pipe.write(encodeFrame(frame));
  };
  const receive = (bytes: Buffer): void => {
    for (const body of splitter.push(bytes)) {
      if (isTooHeavy(body)) throw new Violation('frame of too many values');
      const frame: unknown = JSON.parse(body.toString('utf8'));
      const rule = conversation.broken(frame);
      if (rule !== undefined) throw new Violation(rule);
      emit({ event: 'frame', frame });
    }
  };
  const open = async ({ id, ...order }: Extract<BrokerOrder, { order: 'open' }>): Promise<void> => {
    const opened = await openSocket(order);
    if ('error' in opened) send({ kind: 'connect_failed', id, error: opened.error });
    else if (dead) opened.socket.destroy();
    else hand(id, opened.socket);
  };
  const hand = (id: number, socket: Socket): void => {
    const { remoteAddress = '', remotePort = 0, remoteFamily, localAddress = '', localPort = 0 } = socket;
    const family = remoteFamily === 'IPv6' ? 'IPv6' : 'IPv4';
    conversation.handed(id);
    passage.pass(
      { id, addresses: { remoteAddress, remotePort, remoteFamily: family, localAddress, localPort } },
      socket,
    );
  };

  pipe.on('data', (bytes: Buffer) => {
    if (dead) return;
    try {
      receive(bytes);
    } catch (error) {
      violation(error instanceof Violation ? error.message : 'bytes that are no frame');
    }
  });
  pipe.on('error', closed);
  pipe.on('close', closed);
  child.on('error', closed);
  process.on('uncaughtException', () => violation('what its broker could not read'));
  parentPort?.on('message', (order: BrokerOrder) => {
    if (order.order === 'send') send(order.frame);
    else void open(order);
  });
};

const child = startChild(workerData as BrokerInput);
child.once('exit', (code, signal) => {
  emit({ event: 'exit', reason: signal ?? `exit code ${code}` });
  parentPort?.close();
});
if (child.pid === undefined) {
  child.once('error', (error) => {
    emit({ event: 'exit', reason: error.message });
    parentPort?.close();
  });
} else {
  emit({ event: 'spawned', pid: child.pid });
  readStderr(child);
  serve(child);
}
