/** `stream.duplexPair`: two streams, each of which reads what the other is written. */
import { nextTick } from '../../ticks.ts';

type Duplex = import('node:stream').Duplex;
type DuplexClass = typeof import('node:stream').Duplex;
type Done = (error?: Error | null) => void;

/** What one side knows: the other one, and a write of that one which waits until this one reads. */
type Side = { readonly duplex: Duplex; resume: Done | undefined };

function createSide(Class: DuplexClass, options: object | undefined, other: () => Side): Side {
  const takeWaiting = (): void => {
    const { resume } = side;
    side.resume = undefined;
    resume?.();
  };
  const side: Side = {
    resume: undefined,
    duplex: new Class({
      ...options,
      read: takeWaiting,
      write(chunk: unknown, _encoding, done) {
        if ((chunk as { length?: number }).length === 0) nextTick(done as () => void);
        else {
          const { duplex } = other();
          other().resume = done;
          duplex.push(chunk);
        }
      },
      final(done) {
        other().duplex.on('end', done);
        other().duplex.push(null);
      },
    }),
  };
  return side;
}

export function createDuplexPair(Class: DuplexClass, options?: object): [Duplex, Duplex] {
  const first = createSide(Class, options, () => second);
  const second = createSide(Class, options, () => first);
  return [first.duplex, second.duplex];
}
