/**
 * The id that was typed, as it is sent: a number where it is one that reads back as the very same characters, else the
 * text. What a number would round or shorten (`7300000000000000001`, `007`, `1.0`) would be somebody else's id.
 */
export const idOf = (typed: string): string | number => {
  if (/^".*"$/.test(typed)) return typed.slice(1, -1);
  const number = Number(typed);
  return Number.isSafeInteger(number) && String(number) === typed ? number : typed;
};

/** Which of both is sent. */
export const idSentAs = (typed: string): string => {
  const id = idOf(typed);
  return typeof id === 'number' ? `Sent as the number ${id}.` : `Sent as the text ${JSON.stringify(id)}.`;
};
