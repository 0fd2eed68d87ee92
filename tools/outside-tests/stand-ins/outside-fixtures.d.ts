declare module 'outside:fixtures' {
  /** Base64 of every fixture that a test names. */
  export const files: Readonly<Record<string, string>>;
}
