const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/** A moment, in the reader's own zone and manner. */
export const Time = ({ at, dayOnly }: { readonly at: string | undefined; readonly dayOnly?: boolean }) =>
  at === undefined ? <span>–</span> : <time dateTime={at}>{(dayOnly ? DAY : FORMAT).format(new Date(at))}</time>;
