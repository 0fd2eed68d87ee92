import { readScript } from './read-script.mjs';

/** The script in the process that wants to know: nothing is walled off. */
export const start = ({ scriptFile, env }) => {
  const login = readScript(scriptFile, env);
  return { login: (args) => login(...args), close: () => undefined };
};
