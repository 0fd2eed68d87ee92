import pg from 'pg';
import { sendTogether } from './statements/send-together.ts';
import type { Row, StatementCall } from './statements/statement.ts';
import { isReadOnly, isUnanswered } from './store-failures.ts';

type Inner = { readonly connection: { readonly stream: { destroy: () => void } } };

/**
 * A connection that is given up when it did not answer in time. node-postgres would go on with it, each next statement
 * behind the one that hangs: after a failover without a goodbye every connection of the pool would be such a one, until
 * the operating system gives up a quarter of an hour later. So is one that may only read: what was the default when a session
 * began stays with it, when everybody else has long been writing again.
 */
export class ClientOfOneChance extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    // Between two owners nobody listens, and an end that comes just then would be the end of the process.
    this.on('error', () => undefined);
  }

  // biome-ignore lint/suspicious/noExplicitAny: its overloads take callbacks, too, which nobody here uses
  override query(...args: any[]): any {
    const result: unknown = super.query(...(args as [string]));
    return result instanceof Promise ? this.unlessOfNoUse(result) : result;
  }

  /** See `sendTogether`. */
  together(calls: readonly StatementCall[], prepared: boolean): Promise<readonly (readonly Row[])[]> {
    return this.unlessOfNoUse(sendTogether(this, calls, prepared));
  }

  private unlessOfNoUse<T>(answer: Promise<T>): Promise<T> {
    return answer.catch(async (error: unknown) => {
      if (isUnanswered(error) || isReadOnly(error)) await this.giveUp();
      throw error;
    });
  }

  /** Until the pool has heard of the end: whoever asks it next gets another one. */
  private giveUp(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.once('end', () => resolve()));
    (this as unknown as Inner).connection.stream.destroy();
    return ended;
  }
}
