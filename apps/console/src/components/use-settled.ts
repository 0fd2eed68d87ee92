import { useEffect, useState } from 'react';

/** For what is searched as it is typed: each search looks at every row, or runs a script. */
export const SEARCH_PAUSE_MS = 300;

/** The text once nobody has typed for a moment: what is asked for each letter is asked in vain for all but the last. */
export const useSettled = (text: string, pauseMs: number): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text, pauseMs]);
  return settled;
};
