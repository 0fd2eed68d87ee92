/** On what terms the connections of a run outlive it. */
import type { ParkingLot } from './parking-lot.ts';

/** A place where connections of this run may be open: the policy has judged it anew, for this very run. */
export type Destination = { readonly host: string; readonly port: number; readonly address: string };

export type ReuseTerms = {
  readonly lot: ParkingLot;
  /** What a connection must never be carried across. */
  readonly scope: string;
  /**
   * The run's arguments: a session that is let in by a text in them is not kept, nor does a kept one serve it.
   */
  readonly argsJson: string;
  readonly destinations: readonly Destination[];
};
