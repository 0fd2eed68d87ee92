import type { ExternalId, Profile } from '@userferry/user-model';
import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';

/** What a login does next, or how it ends. */
export type LoginStep =
  | { readonly step: 'run_script' }
  | {
      readonly step: 'migrate';
      readonly profileJson: string;
      readonly externalId: ExternalId;
      readonly profile: Profile;
    }
  | { readonly step: 'authenticate'; readonly source: 'local' }
  | {
      readonly step: 'authenticate';
      readonly source: 'custom_database';
      readonly externalId: ExternalId;
      readonly profile: Profile;
    }
  | Rejected
  | Undecided;
