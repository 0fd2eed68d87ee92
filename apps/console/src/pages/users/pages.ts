export const PAGE_SIZE = 20;

export const lastPage = (totalCount: number): number => Math.max(1, Math.ceil(totalCount / PAGE_SIZE));

/** Where to go from a page on which nobody is any more: the last one that there still is, and never further than before. */
export const pageBefore = (page: number, totalCount: number): number =>
  Math.max(1, Math.min(page - 1, lastPage(totalCount)));
