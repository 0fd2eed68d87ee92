/** What time it is. Injected, so that trials, limits and retention can be tested. */
export type Clock = () => Date;
