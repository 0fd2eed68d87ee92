import { type CanonicalCode, REASONS, type Reason } from './reasons.ts';

export type ServiceErrorOptions = {
  /** Facts for a machine: names of fields, limits, ids. Never a secret. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Kept for the log, never sent. */
  readonly cause?: unknown;
};

/**
 * The only error that crosses a service's border. `message` is for people and is sent as it is: it never holds a
 * secret. `cause` stays in the process.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(reason: Reason, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.metadata = options.metadata ?? {};
  }

  get code(): CanonicalCode {
    return REASONS[this.reason].code;
  }
}

/** What everyone sees of an error that nobody foresaw. */
export const INTERNAL_MESSAGE = 'internal error';

/** The single funnel: a ServiceError is returned as it is, anything else becomes INTERNAL with constant text. */
export const toServiceError = (error: unknown): ServiceError =>
  error instanceof ServiceError ? error : new ServiceError('INTERNAL', INTERNAL_MESSAGE, { cause: error });
