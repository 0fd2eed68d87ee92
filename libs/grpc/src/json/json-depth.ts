/** Far more than any of our messages has; what is deeper is meant to do harm. */
const DEPTH_MAX = 32;

/** What is wrong with how deep a text nests objects and lists, before anybody parses it; `undefined`: nothing. */
export const jsonDepthProblem = (text: string): string | undefined => {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth > DEPTH_MAX) return `is nested more than ${DEPTH_MAX} deep`;
  }
  return undefined;
};
