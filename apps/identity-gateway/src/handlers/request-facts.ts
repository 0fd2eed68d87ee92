import type { RequestContext } from '@userferry/contracts/identity/v1/identity_service';
import type { RequestFacts } from '../connection/request-facts.ts';
import { bodyWithoutPasswords } from '../connection/without-passwords.ts';
import { jsonFacts } from './json-fields.ts';

const NOTHING = new Uint8Array();

/** What the edge said of application and request. `passwords`: of this call. Throws INVALID_ARGUMENT naming the field. */
export const requestFacts = (context: RequestContext | undefined, passwords: readonly string[]): RequestFacts => ({
  appId: context?.appId ?? '',
  appName: context?.appName ?? '',
  appMetadata: jsonFacts('context.app_metadata_json', context?.appMetadataJson ?? NOTHING),
  ip: context?.requestIp ?? '',
  geo: context?.requestGeo === undefined ? null : { ...context.requestGeo },
  body: bodyWithoutPasswords(jsonFacts('context.request_body_json', context?.requestBodyJson ?? NOTHING), passwords),
  passwords: passwords.filter((password) => password !== ''),
});
