import type { experimental } from '@grpc/grpc-js';
import type { Logger } from '@userferry/process';
import {
  type CertificateFiles,
  type CertificateSet,
  certificateSet,
  isSame,
  readCertificates,
} from './certificate-set.ts';
import { createCertificateWatch } from './certificate-watch.ts';
import { tellDistrust } from './tell-distrust.ts';

export type CertificatesOptions = CertificateFiles & {
  readonly log: Logger;
  /** The name that our own certificate should have: the log warns where it has not. */
  readonly service?: string | undefined;
  /** Between two looks at the files. */
  readonly lookMs?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
};

/**
 * Certificates from files, as they are now. gRPC takes it as a provider: both its sides use what it says last for each
 * new connection, and what is open stays open.
 */
export type Certificates = experimental.CertificateProvider &
  Disposable & {
    readonly current: () => CertificateSet;
    /** Whether the files are usable and our own certificate was renewed in time. */
    readonly isFine: () => boolean;
    /** Told when that turns. */
    readonly onTurn: (listener: (isFine: boolean) => void) => void;
    /** Told when other certificates are taken. */
    readonly onTake: (listener: (set: CertificateSet) => void) => void;
  };

const LOOK_MS = 5_000;

type CaListener = Parameters<experimental.CertificateProvider['addCaCertificateListener']>[0];
type IdentityListener = Parameters<experimental.CertificateProvider['addIdentityCertificateListener']>[0];

/**
 * Reads certificates and looks at their files again every five seconds: by content, so that a file that was written
 * anew, renamed over, or swapped behind a symbolic link (as Kubernetes does) is noticed alike. Files that do not fit
 * together, are broken or have ended, or a certificate of another authority, are not taken: what was there before stays, and the log says so.
 * gRPC's own `FileWatcherCertificateProvider` (1.14) takes whatever it reads, and serves nobody while that is broken.
 * @throws Error when the files cannot be used at the start; its message repeats nothing of them
 */
export const createCertificates = async (options: CertificatesOptions): Promise<Certificates> => {
  const { log, service, lookMs = LOOK_MS, clock = Date.now } = options;
  const watch = createCertificateWatch(log, clock);
  const set = createHolder(certificateSet(await readCertificates(options), clock()));
  const turns = new Set<(isFine: boolean) => void>();

  const look = async (): Promise<void> => {
    let problem: string | undefined;
    const wasFine = watch.isFine();
    try {
      const found = await readCertificates(options);
      if (!isSame(found, set.current())) {
        set.take(successor(certificateSet(found, clock()), set.current()));
        log.info(factsOf(set.current()), 'new certificates are taken from now on');
        tellDistrust(set.current(), service, log);
      }
    } catch (error) {
      problem = (error as Error).message;
    }
    watch.note(problem, set.current());
    if (watch.isFine() !== wasFine) for (const listener of turns) listener(!wasFine);
  };
  watch.note(undefined, set.current());
  log.info(factsOf(set.current()), 'certificates');
  tellDistrust(set.current(), service, log);
  const stop = repeat(look, lookMs);
  return {
    ...set.provider,
    current: set.current,
    isFine: watch.isFine,
    onTurn: (listener) => void turns.add(listener),
    onTake: set.onTake,
    [Symbol.dispose]: stop,
  };
};

/** A certificate that nobody would believe does not take the place of one that they do. */
const successor = (next: CertificateSet, used: CertificateSet): CertificateSet => {
  if (next.isVouchedFor || !used.isVouchedFor) return next;
  throw new Error('the certificate is of none of the authorities in the file of authorities');
};

const factsOf = ({ names, endsMs }: CertificateSet) => ({ names, ends: new Date(endsMs).toISOString() });

/** One look after the other, however long each takes. */
const repeat = (look: () => Promise<void>, lookMs: number): (() => void) => {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const next = () => {
    if (!stopped) timer = setTimeout(() => void look().finally(next), lookMs).unref();
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
};

/** Holds the set that is used, and tells gRPC of another one. */
const createHolder = (first: CertificateSet) => {
  let set = first;
  const cas = new Set<CaListener>();
  const identities = new Set<IdentityListener>();
  const others = new Set<(set: CertificateSet) => void>();
  const tellCa = (listener: CaListener) => listener({ caCertificate: set.ca });
  const tellIdentity = (listener: IdentityListener) => listener(set.identity ?? null);
  const provider: experimental.CertificateProvider = {
    // Told a moment later, as gRPC's own provider does: its server does not listen yet when it registers.
    addCaCertificateListener: (listener) => {
      cas.add(listener);
      process.nextTick(tellCa, listener);
    },
    removeCaCertificateListener: (listener) => void cas.delete(listener),
    addIdentityCertificateListener: (listener) => {
      identities.add(listener);
      process.nextTick(tellIdentity, listener);
    },
    removeIdentityCertificateListener: (listener) => void identities.delete(listener),
  };
  const take = (next: CertificateSet): void => {
    set = next;
    for (const listener of cas) tellCa(listener);
    for (const listener of identities) tellIdentity(listener);
    for (const listener of others) listener(set);
  };
  const onTake = (listener: (set: CertificateSet) => void) => void others.add(listener);
  return { current: () => set, take, provider, onTake };
};
