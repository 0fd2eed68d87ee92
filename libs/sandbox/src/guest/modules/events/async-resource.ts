/** `EventEmitterAsyncResource`: its listeners run in the resource's own context. */
import { validateString } from '../node-errors.ts';
import { core } from '../registry.ts';
import { EventEmitterFunction } from './emitter.ts';

type Options = { readonly name?: unknown; readonly captureRejections?: boolean };
type Resource = InstanceType<typeof core.asyncHooks.AsyncResource>;

const Base = EventEmitterFunction as unknown as typeof import('node:events').EventEmitter;

export class EventEmitterAsyncResource extends Base {
  readonly #resource: Resource;
  constructor(given?: Options | string) {
    const options = typeof given === 'string' ? undefined : given;
    if (typeof given !== 'string' && new.target === EventEmitterAsyncResource) {
      validateString(options?.name, 'options.name');
    }
    super(options as object);
    const name = typeof given === 'string' ? given : String(options?.name || new.target.name);
    this.#resource = Object.assign(new core.asyncHooks.AsyncResource(name), { eventEmitter: this });
  }
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const emit = super.emit as (...all: unknown[]) => unknown;
    return this.#resource.runInAsyncScope(emit, this, event, ...args) as boolean;
  }
  emitDestroy(): void {
    this.#resource.emitDestroy();
  }
  get asyncId(): number {
    return this.#resource.asyncId();
  }
  get triggerAsyncId(): number {
    return this.#resource.triggerAsyncId();
  }
  get asyncResource(): Resource {
    return this.#resource;
  }
}
