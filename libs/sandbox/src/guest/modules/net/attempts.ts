/** The addresses that are still to be tried for one connection, and why the others failed. */
export class Attempts {
  readonly #left: string[];
  readonly #errors: Error[] = [];
  readonly #open: (address: string) => void;

  constructor(addresses: readonly string[], open: (address: string) => void) {
    this.#left = [...addresses];
    this.#open = open;
    this.#next();
  }

  #next(): boolean {
    const address = this.#left.shift();
    if (address !== undefined) this.#open(address);
    return address !== undefined;
  }

  /** What to say of a failure: nothing while there is another address; of several failures Node makes one. */
  failed(error: Error): Error | undefined {
    this.#errors.push(error);
    if (this.#next()) return undefined;
    if (this.#errors.length === 1) return error;
    const { code } = this.#errors[0] as { code?: unknown };
    return Object.assign(new AggregateError(this.#errors, ''), { code });
  }
}
