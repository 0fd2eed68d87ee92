/** The child's end of the two channels: frames on descriptor 4 both ways, connected sockets over Node's IPC inwards. */
import { Socket } from 'node:net';
import { createFrameDecoder, encodeFrame } from '../../bridge/frame-codec.ts';
import type { HostFrame, SupervisorFrame, SystemError } from '../../bridge/frames.ts';
import type { SocketAddresses } from '../../bridge/operations.ts';

const FRAME_DESCRIPTOR = 4;

export type Connected = { readonly socket: Socket; readonly addresses: SocketAddresses };
export type Answer<T> = { readonly value: T } | { readonly error: SystemError };

export type SupervisorLink = {
  send(frame: HostFrame): void;
  /** Resolves when everything sent so far has left the process. */
  flushed(): Promise<void>;
  /** Asks for a connection; the returned function withdraws the question. */
  connect(question: ConnectQuestion, answer: (answer: Answer<Connected>) => void): () => void;
  resolve(question: ResolveQuestion, answer: (answer: Answer<readonly unknown[]>) => void): () => void;
  onFrame(listener: (frame: SupervisorFrame) => void): void;
};

type ConnectQuestion = Omit<Extract<HostFrame, { kind: 'connect' }>, 'kind' | 'id'>;
type ResolveQuestion = Omit<Extract<HostFrame, { kind: 'resolve' }>, 'kind' | 'id'>;
type PendingConnect = {
  readonly answer: (answer: Answer<Connected>) => void;
  socket?: Socket;
  addresses?: SocketAddresses;
};

function addressesOf(frame: Extract<SupervisorFrame, { kind: 'connected' }>): SocketAddresses {
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = frame;
  return { remoteAddress, remotePort, remoteFamily, localAddress, localPort };
}

export function createSupervisorLink(): SupervisorLink {
  const pipe = new Socket({ fd: FRAME_DESCRIPTOR });
  const decoder = createFrameDecoder();
  const connects = new Map<number, PendingConnect>();
  const resolves = new Map<number, (answer: Answer<readonly unknown[]>) => void>();
  let listener: (frame: SupervisorFrame) => void = () => undefined;
  let nextId = 1;

  /** The address facts and the socket come by different channels, in any order. */
  const join = (id: number, part: Partial<Pick<PendingConnect, 'socket' | 'addresses'>>): void => {
    const pending = connects.get(id);
    if (pending === undefined) {
      part.socket?.destroy();
      return;
    }
    Object.assign(pending, part);
    const { socket, addresses } = pending;
    if (socket === undefined || addresses === undefined) return;
    connects.delete(id);
    pending.answer({ value: { socket, addresses } });
  };
  const onFrame = (frame: SupervisorFrame): void => {
    if (frame.kind === 'connected') join(frame.id, { addresses: addressesOf(frame) });
    else if (frame.kind === 'connect_failed') {
      const pending = connects.get(frame.id);
      connects.delete(frame.id);
      pending?.answer({ error: frame.error });
    } else if (frame.kind === 'resolved') {
      const answer = resolves.get(frame.id);
      resolves.delete(frame.id);
      answer?.(frame.error === undefined ? { value: frame.records ?? [] } : { error: frame.error });
    } else listener(frame);
  };

  pipe.on('data', (bytes) => {
    for (const frame of decoder.push(bytes)) onFrame(frame as SupervisorFrame);
  });
  // Without its supervisor an isolate host has no reason to live.
  pipe.on('close', () => process.kill(process.pid, 'SIGKILL'));
  pipe.on('error', () => process.kill(process.pid, 'SIGKILL'));
  process.on('message', (message: { id?: unknown }, socket: unknown) => {
    if (!(socket instanceof Socket)) return;
    // Until its run takes it over, an error of the socket is nobody's.
    socket.on('error', () => undefined);
    join(Number(message.id), { socket });
  });

  return {
    send: (frame) => {
      pipe.write(encodeFrame(frame));
    },
    flushed: () => new Promise((resolve) => pipe.write('', () => resolve())),
    connect(question, answer) {
      const id = nextId++;
      connects.set(id, { answer });
      pipe.write(encodeFrame({ kind: 'connect', id, ...question }));
      return () => {
        connects.get(id)?.socket?.destroy();
        connects.delete(id);
      };
    },
    resolve(question, answer) {
      const id = nextId++;
      resolves.set(id, answer);
      pipe.write(encodeFrame({ kind: 'resolve', id, ...question }));
      return () => resolves.delete(id);
    },
    onFrame(next) {
      listener = next;
    },
  };
}
