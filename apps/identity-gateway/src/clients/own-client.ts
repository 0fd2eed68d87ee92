import type { Client } from '@grpc/grpc-js';
import { type ClientConstructor, createClient, type GrpcClientOptions, type PromiseClient } from '@userferry/grpc';

/**
 * A client of a service of ours. Where that refuses this gateway, whoever calls the gateway is told that a service is away:
 * it can do nothing about it, and its own key is none the worse for it.
 */
export const createOwnClient = <Raw extends Client>(
  Constructor: ClientConstructor<Raw>,
  options: Omit<GrpcClientOptions, 'isOwn'>,
): PromiseClient<Raw> => createClient(Constructor, { ...options, isOwn: true });
