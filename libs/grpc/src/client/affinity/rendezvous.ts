import { hash } from 'node:crypto';

/** The first 32 bits of a text's SHA-256. */
export const numberOf = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 8), 16);

/** Each bit of what goes in changes half of those that come out: the end of MurmurHash3 (A. Appleby, public domain). */
const mixed = (bits: number): number => {
  let state = bits;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
};

/**
 * The replicas in the order in which a key asks for them, each given by a number of its own. Whoever knows the same replicas
 * finds the same order, and nothing is agreed on; of a replica that comes or goes, no other key's order changes but by it.
 * Source: D. Thaler, C. Ravishankar, Using Name-Based Mappings to Increase Hit Rates (rendezvous hashing), 1998.
 */
export const inOrderOf = <Replica extends { readonly number: number }>(
  key: string,
  replicas: readonly Replica[],
): Replica[] => {
  const keyNumber = numberOf(key);
  return replicas
    .map((replica) => ({ replica, score: mixed(keyNumber ^ replica.number) }))
    .sort((a, b) => b.score - a.score || b.replica.number - a.replica.number)
    .map(({ replica }) => replica);
};
