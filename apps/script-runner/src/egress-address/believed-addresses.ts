import { type IpAddress, parseIpAddress } from '@userferry/process';

/** What a source said; `undefined` when it said nothing. */
export type SourceAnswer = { readonly source: string; readonly addresses: readonly string[] | undefined };

/**
 * What is believed after a round of answers, each family by itself.
 *
 * An address comes in when as many sources as the quorum say it. One that is believed goes only when the quorum agrees on
 * another and nobody says it any more, or when the quorum answers and nobody knows any of that family. So neither a liar
 * nor an outage of the sources changes anything, and all addresses of a gateway that has several are kept.
 */
export const believedAddresses = (
  before: readonly string[],
  answers: readonly SourceAnswer[],
  quorum: number,
): readonly string[] => ([4, 6] as const).flatMap((family) => believedOf(family, before, answers, quorum)).sort();

const believedOf = (
  family: 4 | 6,
  before: readonly string[],
  answers: readonly SourceAnswer[],
  quorum: number,
): readonly string[] => {
  const known = before.filter((address) => parseIpAddress(address)?.family === family);
  const votes = votesOf(family, answers);
  const agreed = [...votes].filter(([, count]) => count >= quorum).map(([address]) => address);
  const answered = answers.filter(({ addresses = [] }) => publicAddresses(addresses).length > 0).length;
  if (votes.size === 0) return answered >= quorum ? [] : known;
  if (agreed.length === 0) return known;
  return [...new Set([...agreed, ...known.filter((address) => votes.has(address))])];
};

/** How many sources said each address. A source has one vote for an address, however often it says it. */
const votesOf = (family: 4 | 6, answers: readonly SourceAnswer[]): ReadonlyMap<string, number> => {
  const votes = new Map<string, number>();
  for (const { addresses = [] } of answers) {
    const said = new Set(
      publicAddresses(addresses)
        .filter((each) => each.family === family)
        .map(({ text }) => text),
    );
    for (const address of said) votes.set(address, (votes.get(address) ?? 0) + 1);
  }
  return votes;
};

/** Those that are addresses, and that the outside can see. */
export const publicAddresses = (texts: readonly string[]): readonly IpAddress[] =>
  texts.flatMap((text) => {
    const address = parseIpAddress(text);
    return address?.isPublic ? [address] : [];
  });
