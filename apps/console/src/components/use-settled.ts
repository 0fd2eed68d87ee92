import { useEffect, useState } from 'react';

/** The text once nobody has typed for a moment: what is asked for each letter is asked in vain for all but the last. */
export const useSettled = (text: string, pauseMs: number): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text, pauseMs]);
  return settled;
};
