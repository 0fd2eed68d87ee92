declare module 'virtual:typescript-libs' {
  const texts: Readonly<Record<string, string>>;
  // biome-ignore lint/style/noDefaultExport: a virtual module is a default export
  export default texts;
}

declare module 'virtual:script-types' {
  const texts: Readonly<Record<string, string>>;
  // biome-ignore lint/style/noDefaultExport: a virtual module is a default export
  export default texts;
}
