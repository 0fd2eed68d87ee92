/** `tls.checkServerIdentity`: Node's own rules, asked of the host. */
import type { WireError } from '../../../bridge/operations.ts';
import { ask, toError } from '../../bridge.ts';

type Certificate = Readonly<Record<string, unknown>>;

export function checkServerIdentity(hostname: string, certificate: Certificate): Error | undefined {
  const { subject, subjectaltname, infoAccess } = certificate;
  const answer = ask('checkIdentity', String(hostname), JSON.stringify({ subject, subjectaltname, infoAccess }));
  if (answer === null || answer === undefined) return undefined;
  return Object.assign(toError(answer as WireError), { cert: certificate });
}
