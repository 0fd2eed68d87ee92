const NUMBER = new Intl.NumberFormat();

/** The ready-made searchUser scripts end there, and tell what they return as the whole. */
const SCRIPT_SEARCH_MAX = 100;

type Counted = {
  readonly shown: number;
  readonly totalCount: number;
  readonly isSearch: boolean;
  /** A script of the company's told the count. */
  readonly byScript: boolean;
};

/** How many there are, and no more than is known of it: a search may end before all that match. */
export const countWords = ({ shown, totalCount, isSearch, byScript }: Counted): string => {
  if (!isSearch) return `${NUMBER.format(totalCount)} in all`;
  if (totalCount > shown) return `The first ${NUMBER.format(shown)} of ${NUMBER.format(totalCount)} that match`;
  if (byScript && shown === SCRIPT_SEARCH_MAX) return `The first ${NUMBER.format(shown)} that match; there may be more`;
  return `${NUMBER.format(shown)} found`;
};
