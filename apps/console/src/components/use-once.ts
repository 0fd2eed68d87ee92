import { useEffect, useRef } from 'react';

/** Nobody does it a second time on purpose so soon. */
const DOUBLE_CLICK_MS = 500;

/** That an action is at work is known a render later, and a double click is faster: the second of its two is not done. */
export const useOnce = (busy: boolean, act: () => void): (() => void) => {
  const doneAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!busy) doneAt.current = Number.NEGATIVE_INFINITY;
  }, [busy]);
  return () => {
    if (performance.now() - doneAt.current < DOUBLE_CLICK_MS) return;
    doneAt.current = performance.now();
    act();
  };
};
