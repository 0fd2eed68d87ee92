import pg from 'pg';
import { sendTogether } from './statements/send-together.ts';
import type { Row, StatementCall } from './statements/statement.ts';
import { isReadOnly, isUnanswered, neverConnected } from './store-failures.ts';

/** What node-postgres (8.23) has beside its types. */
type Inner = {
  readonly connection: { readonly stream: { destroy: () => void } };
  readonly getStartupConf: () => Record<string, unknown>;
};
const STARTUP = pg.Client.prototype as unknown as Pick<Inner, 'getStartupConf'>;

type Connected = (error: Error | undefined) => void;

/**
 * A connection that is given up when it did not answer in time. node-postgres would go on with it, each next statement
 * behind the one that hangs: after a failover without a goodbye every connection of the pool would be such a one, until
 * the operating system gives up a quarter of an hour later. So is one that may only read: what was the default when a session
 * began stays with it, when everybody else has long been writing again.
 */
export class ClientOfOneChance extends pg.Client {
  private readonly unreadable: Error | undefined;

  // biome-ignore lint/correctness/noUnreachableSuper: where it is called again, it has thrown.
  constructor(config?: pg.ClientConfig) {
    let unreadable: Error | undefined;
    try {
      super(config);
    } catch (error) {
      // A file that the connection string names is away. The pool makes clients between two calls, too, where nobody catches.
      super();
      unreadable = error as Error;
    }
    this.unreadable = unreadable;
    // Between two owners nobody listens, and an end that comes just then would be the end of the process.
    this.on('error', () => undefined);
  }

  override connect(): Promise<this>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<this> | undefined {
    if (callback === undefined)
      return new Promise((resolve, reject) => this.connect((error) => (error ? reject(error) : resolve(this))));
    const { unreadable } = this;
    if (unreadable !== undefined) setImmediate(() => callback(unreadable));
    else super.connect((error?: Error) => callback(error && neverConnected(error)));
    return undefined;
  }

  /**
   * What each session begins with. Dates come as text, which node-postgres reads in this style alone: any other, by default
   * of a database or a role, it reads as null, and a key that has ended would live for ever. Poolers know it from other clients.
   */
  protected getStartupConf(): Record<string, unknown> {
    return { ...STARTUP.getStartupConf.call(this), DateStyle: 'ISO' };
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
