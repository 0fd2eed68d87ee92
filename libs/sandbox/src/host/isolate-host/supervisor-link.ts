/** The child's end of the two channels: frames on descriptor 4 both ways, connected sockets over Node's IPC inwards. */
import { Socket } from 'node:net';
import { createFrameDecoder, encodeFrame } from '../../bridge/frame-codec.ts';
import type { HostFrame, SocketMessage, SupervisorFrame, SystemError } from '../../bridge/frames.ts';
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
type PendingConnect = (answer: Answer<Connected>) => void;

/** A socket that was lost on its way comes as a message alone. */
const LOST: SystemError = { message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' };

export function createSupervisorLink(): SupervisorLink {
  const pipe = new Socket({ fd: FRAME_DESCRIPTOR });
  const decoder = createFrameDecoder();
  const connects = new Map<number, PendingConnect>();
  const resolves = new Map<number, (answer: Answer<readonly unknown[]>) => void>();
  let listener: (frame: SupervisorFrame) => void = () => undefined;
  let nextId = 1;

  const answerConnect = (id: number, answer: Answer<Connected>): void => {
    const pending = connects.get(id);
    connects.delete(id);
    if (pending !== undefined) pending(answer);
    else if ('value' in answer) answer.value.socket.on('error', () => undefined).destroy();
  };
  const onFrame = (frame: SupervisorFrame): void => {
    if (frame.kind === 'connect_failed') answerConnect(frame.id, { error: frame.error });
    else if (frame.kind === 'resolved') {
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
  // Answered at once: a socket reads from its birth on, and an end that comes before its run listens would be lost.
  process.on('message', ({ id, addresses }: SocketMessage, socket: unknown) => {
    answerConnect(id, socket instanceof Socket ? { value: { socket, addresses } } : { error: LOST });
  });

  return {
    send: (frame) => {
      pipe.write(encodeFrame(frame));
    },
    flushed: () => new Promise((resolve) => pipe.write('', () => resolve())),
    connect(question, answer) {
      const id = nextId++;
      connects.set(id, answer);
      pipe.write(encodeFrame({ kind: 'connect', id, ...question }));
      return () => connects.delete(id);
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
