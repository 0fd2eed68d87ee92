import { ObjectId } from 'bson';

/** Who is who among the members of a replica set, or one server by itself. */
export type Topology = {
  /** Undefined for a server by itself. */
  readonly setName: string | undefined;
  /** `host:port` of each member. */
  readonly hosts: string[];
  readonly primary: () => number;
  /** Grows with every election. */
  readonly version: () => number;
  readonly electionId: () => ObjectId;
  /** Aborted at the next election. */
  readonly changed: () => AbortSignal;
  /** Makes another member the primary. */
  readonly elect: (member: number) => void;
};

/** A topology whose first member is the primary; `hosts` are filled in when the ports are known. */
export const createTopology = (setName: string | undefined): Topology => {
  let [primary, version, change] = [0, 0, new AbortController()];
  return {
    setName,
    hosts: [],
    primary: () => primary,
    version: () => version,
    // A client takes the primary with the greatest election id for the true one.
    electionId: () => ObjectId.createFromHexString(`7fffffff${String(version + 1).padStart(16, '0')}`),
    changed: () => change.signal,
    elect: (member) => {
      const previous = change;
      [primary, version, change] = [member, version + 1, new AbortController()];
      previous.abort();
    },
  };
};
