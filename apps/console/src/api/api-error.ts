/** What went wrong with a call: a reason of the service's table, or one of the page's own (`OFFLINE`, `UNREADABLE`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: string;
  readonly status: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly requestId: string;

  constructor(facts: {
    readonly reason: string;
    readonly message: string;
    readonly status?: number;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly requestId?: string;
  }) {
    super(facts.message);
    this.reason = facts.reason;
    this.status = facts.status ?? 0;
    this.metadata = facts.metadata ?? {};
    this.requestId = facts.requestId ?? '';
  }
}

export const reasonOf = (error: unknown): string => (error instanceof ApiError ? error.reason : '');

/** Worth asking again without anybody's doing. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.reason === 'OFFLINE' || error.status === 503 || error.status === 429);
