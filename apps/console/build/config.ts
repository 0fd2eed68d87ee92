/** What is shipped is built for production, whoever builds it: tests set another name, and React then brings paths of files. */
export const buildForProduction = (): void => {
  process.env.NODE_ENV = 'production';
};
