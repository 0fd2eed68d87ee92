import type { Logger } from '@userferry/process';
import type { CertificateSet } from './certificate-set.ts';
import { peerNames } from './peer-names.ts';

/**
 * Says of our own certificate why others would not believe it, as far as our own files show that. It is used all the same:
 * others may have authorities that we have not, and may know us by the host that they dial.
 * @param service the name that the certificate should have; nothing is said of names without it
 */
export const tellDistrust = (
  { identity, isVouchedFor, names, endsMs }: CertificateSet,
  service: string | undefined,
  log: Pick<Logger, 'warn' | 'error'>,
): void => {
  if (identity === undefined) return;
  const facts = { names, ends: new Date(endsMs).toISOString() };
  if (!isVouchedFor)
    log.error(
      facts,
      'the certificate is of none of the authorities in the file of authorities: who has these too refuses it',
    );
  if (service !== undefined && !peerNames({ subjectaltname: names }).includes(service))
    log.warn({ ...facts, wanted: service }, 'the certificate has not the name of this service: others may refuse it');
};
