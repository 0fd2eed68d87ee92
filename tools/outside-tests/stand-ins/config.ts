/** Gives a test file the environment that its suite expects, as the isolate's side has it in its stand-in of `process`. */
export const giveEnvironment = (values: Readonly<Record<string, string>>): void => {
  Object.assign(process.env, values);
};
