import { describe, expect, it } from 'vitest';
import { believedAddresses } from './believed-addresses.ts';

const OLD = '203.0.113.1';
const NEW = '203.0.113.2';
const V6 = '2001:db8::1';

/** What each source said: addresses with blanks between, or nothing. */
const answers = (...said: (string | undefined)[]) =>
  said.map((text, n) => ({ source: `s${n}`, addresses: text?.split(' ') }));

const rows: readonly (readonly [string, readonly string[], (string | undefined)[], readonly string[]])[] = [
  ['is believed when the quorum says it', [], [NEW, NEW, undefined], [NEW]],
  ['is not believed on one word', [], [NEW, undefined, undefined], []],
  ['is not believed when all say something else', [], [NEW, OLD, '203.0.113.3'], []],
  ['stays when one source lies', [OLD], [OLD, OLD, NEW], [OLD]],
  ['stays when all sources are silent', [OLD], [undefined, undefined, undefined], [OLD]],
  ['stays when sources say garbage', [OLD], ['x', '', '999.1.1.1'], [OLD]],
  ['stays when sources say private addresses', [OLD], ['10.0.0.1', '10.0.0.1', '10.0.0.1'], [OLD]],
  ['stays when no two agree on another', [OLD], [NEW, '203.0.113.3', '203.0.113.4'], [OLD]],
  ['goes when the quorum says another and nobody says it', [OLD], [NEW, NEW, undefined], [NEW]],
  ['stays beside another while somebody still says it', [OLD], [NEW, NEW, OLD], [OLD, NEW]],
  ['of a gateway with several is believed with the others', [], [`${OLD}`, `${NEW}`, `${OLD}`, `${NEW}`], [OLD, NEW]],
  ['has one vote of a source that says it twice', [], [`${NEW} ${NEW}`, undefined], []],
  ['is the same in any spelling', [], ['2001:DB8:0::1', '2001:db8::1'], [V6]],
  ['of one family does not hang on the other', [OLD], [`${OLD} ${V6}`, V6, undefined], [V6, OLD]],
  ['goes when the quorum answers and nobody knows any of its family', [OLD, V6], [OLD, OLD], [OLD]],
  ['stays when fewer than the quorum answer at all', [OLD, V6], [OLD, undefined], [V6, OLD]],
];

describe('an address', () => {
  it.each(rows)('%s', (_, before, said, after) => {
    expect(believedAddresses(before, answers(...said), 2)).toEqual(after);
  });

  it('is believed on one word where one is the quorum', () => {
    expect(believedAddresses([], answers(NEW), 1)).toEqual([NEW]);
  });
});
