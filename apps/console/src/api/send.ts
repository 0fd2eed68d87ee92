import { ApiError } from './api-error.ts';

/** A browser lets no other site set this header: what carries it was sent by this page. */
const CSRF = { 'x-userferry-csrf': '1' };

type ErrorBody = {
  readonly error?: {
    readonly reason?: string;
    readonly message?: string;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly requestId?: string;
  };
};

/** What a page asks again by itself says so: it must not keep a session awake at which nobody is. */
const UNATTENDED = { 'x-userferry-unattended': '1' };

/** Sends a request to the gateway that served this page and answers its JSON; what fails is an ApiError. */
export const send = async <T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  isUnattended = false,
): Promise<T> => {
  const response = await reach(path, {
    method,
    headers: {
      ...CSRF,
      ...(isUnattended && UNATTENDED),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = await readJson(response);
  if (!response.ok) throw refusal(response.status, answer as ErrorBody);
  return answer as T;
};

const reach = async (path: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError({ reason: 'OFFLINE', message: 'The server cannot be reached. Check your connection.' });
  }
};

const readJson = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    const message = `The server gave an answer that cannot be read (status ${response.status}).`;
    throw new ApiError({ reason: 'UNREADABLE', message, status: response.status });
  }
};

const refusal = (status: number, { error = {} }: ErrorBody): ApiError =>
  new ApiError({
    reason: error.reason ?? 'UNREADABLE',
    message: error.message ?? `The server answered with status ${status}.`,
    status,
    ...(error.metadata && { metadata: error.metadata }),
    ...(error.requestId && { requestId: error.requestId }),
  });
