/** A pattern of LIKE and ILIKE for what holds a text as it is written: its own wildcards mean themselves. */
export const holding = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
