const [FIRST_MS, LAST_MS] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** What is wrong with a time of a message: a Timestamp of protobuf says those of the years 1 to 9999. `undefined`: nothing. */
export const timeProblem = (time: Date | undefined): string | undefined => {
  // Written so that a date that is none is refused, too.
  const isOne = time === undefined || (time.getTime() >= FIRST_MS && time.getTime() <= LAST_MS);
  return isOne ? undefined : 'must be a time of the years 1 to 9999';
};
