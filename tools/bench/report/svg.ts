export const COLOURS = ['#1f5fbf', '#b3541e', '#2d7d46'] as const;

const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** One line of words; `more` is further attributes. */
export const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="12" fill="#333" ${more}>${escaped(words)}</text>`;

/** A straight line in light grey, as axes and grids are. */
export const rule = (x1: number, y1: number, x2: number, y2: number, colour = '#ccc'): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}"/>`;

export const dot = (x: number, y: number, colour: string, radius = 3): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${colour}"/>`;

/** A whole picture on white, with a title for those who do not see it. */
export const picture = (title: string, width: number, height: number, parts: readonly string[]): string => {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`;
  const ground = '<rect width="100%" height="100%" fill="#fff"/>';
  return `${head}\n<title>${escaped(title)}</title>\n${ground}\n${parts.join('\n')}\n</svg>\n`;
};
