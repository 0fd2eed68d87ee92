import { useEffect, useState } from 'react';
import { ActionButton } from './button.tsx';

export type Pages = {
  /** Of the page that is shown; '' for the first. */
  readonly token: string;
  readonly number: number;
  readonly forward: (token: string) => void;
  readonly back: () => void;
};

/** Remembers the way through the pages of a list; another question (`of`) begins at the first again. */
export const usePages = (of: string): Pages => {
  const [tokens, setTokens] = useState<readonly string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes is the question, and it alone matters
  useEffect(() => setTokens([]), [of]);
  return {
    token: tokens.at(-1) ?? '',
    number: tokens.length + 1,
    forward: (token) => setTokens([...tokens, token]),
    back: () => setTokens(tokens.slice(0, -1)),
  };
};

export const Pager = ({ pages, next }: { readonly pages: Pages; readonly next: string }) =>
  pages.number === 1 && next === '' ? null : (
    <PageSteps
      place={`Page ${pages.number}`}
      back={pages.number === 1 ? undefined : pages.back}
      forward={next === '' ? undefined : () => pages.forward(next)}
    />
  );

type StepsProps = {
  readonly place: string;
  /** Absent: there is no page that way. */
  readonly back: (() => void) | undefined;
  readonly forward: (() => void) | undefined;
};

/** A step back, where one is, and a step further. */
export const PageSteps = ({ place, back, forward }: StepsProps) => (
  <nav className="pager" aria-label="Pages">
    <ActionButton kind="plain" small isDisabled={back === undefined} {...(back && { onPress: back })}>
      Back
    </ActionButton>
    <span>{place}</span>
    <ActionButton kind="plain" small isDisabled={forward === undefined} {...(forward && { onPress: forward })}>
      Further
    </ActionButton>
  </nav>
);
