/**
 * Events of TLS through a stream of the isolate. Plain Node decrypts at once, before the stream's next event; so what
 * comes of feeding goes back with the answer, past events that are still under way, and numbers restore the order.
 */
import type { GuestEvent } from '../../bridge/operations.ts';
import type { EventQueue } from './event-queue.ts';

export type OrderedEvents = {
  readonly events: EventQueue;
  /** Numbers the events of a connection from now on. */
  begin(id: number): void;
  forget(id: number): void;
  /** Does something and gives back the events that it made for a connection of those that are numbered. */
  gather(id: number, act: () => void): GuestEvent[];
};

export function createOrderedEvents(queue: EventQueue): OrderedEvents {
  const numbers = new Map<number, number>();
  let gathering: { readonly id: number; readonly events: GuestEvent[] } | undefined;
  return {
    events: {
      close: () => queue.close(),
      gather: (act) => queue.gather(act),
      emit(event, bytes) {
        const [id, type, a] = event;
        const number = numbers.get(id);
        if (number === undefined) {
          queue.emit(event, bytes);
          return;
        }
        numbers.set(id, number + 1);
        const numbered: GuestEvent = [id, type, a, number];
        if (gathering?.id === id) gathering.events.push(numbered);
        else queue.emit(numbered, bytes);
      },
    },
    begin: (id) => void numbers.set(id, 0),
    forget: (id) => void numbers.delete(id),
    gather(id, act) {
      const events: GuestEvent[] = [];
      gathering = { id, events };
      try {
        act();
      } finally {
        gathering = undefined;
      }
      return events;
    },
  };
}
