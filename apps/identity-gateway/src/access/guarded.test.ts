import { ApiKeyServiceService } from '@userferry/contracts/management/v1/api_key_service';
import type { CallFacts, Handler } from '@userferry/grpc';
import { expect, it } from 'vitest';
import { guarded } from './guarded.ts';
import { ROLE_SCOPES } from './scopes.ts';
import { tokenCaller } from './token/token-caller.ts';

const ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const UPPER = ID.toUpperCase();

const claims = { scopes: 'scope', pools: 'pools' };
const tokenFor = (pools: string) => tokenCaller({ sub: 'ada', scope: ROLE_SCOPES.admin.join(' '), pools }, claims);

/** The id that a handler gets when a caller sends it. */
const handedOn = async (sent: string, pools: string): Promise<unknown> => {
  const listApiKeys: Handler<{ userPoolId: string }, string> = async ({ userPoolId }) => userPoolId;
  const { handlers } = guarded({ definition: ApiKeyServiceService, handlers: { listApiKeys } } as never);
  const call = { caller: tokenFor(pools) } as CallFacts;
  return handlers.listApiKeys?.({ userPoolId: sent } as never, call);
};

it.each([
  ['by its caller', UPPER, ID],
  ['by the claim of a token', ID, UPPER],
  ['by both', UPPER, UPPER],
])('the id of a user pool written in upper case %s is the id as it is stored', async (_, sent, pools) => {
  expect(await handedOn(sent, pools)).toBe(ID);
});

it('what stands for every pool stays', async () => {
  expect(await handedOn('*', '*')).toBe('*');
});
