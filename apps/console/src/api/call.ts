import type { Api } from '@userferry/contracts/json-types';
import { send } from './send.ts';

export type Service = keyof Api;
export type Method<S extends Service> = keyof Api[S] & string;

type Call = { readonly request: unknown; readonly response: unknown };
type Of<S extends Service, M extends Method<S>> = Api[S][M] extends Call ? Api[S][M] : never;

/** What a request may leave out is left out: every field, at any depth. */
export type Sent<T> = T extends readonly unknown[] | string | number | boolean
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Sent<T[K]> | undefined }
    : T;

export type RequestOf<S extends Service, M extends Method<S>> = Sent<Of<S, M>['request']>;
export type ResponseOf<S extends Service, M extends Method<S>> = Of<S, M>['response'];

/** Calls a method of the gateway's JSON API. */
export const call = <S extends Service, M extends Method<S>>(
  service: S,
  method: M,
  request: RequestOf<S, M>,
  signal?: AbortSignal,
  isUnattended = false,
): Promise<ResponseOf<S, M>> => send('POST', `/api/v1/${service}/${method}`, request, signal, isUnattended);
