import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'plain';

/** A state in a word; the word says it, the colour only helps. */
export const Badge = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <span className={`badge badge-${tone}`}>{children}</span>
);
