// The child of `fork-per-run`: one run, one answer, the end.
import { readScript } from './read-script.mjs';

const [file] = process.argv.slice(2);

process.once('message', ({ env, args }) => {
  const login = readScript(file, env);
  login(...args).then(
    (result) => process.send({ result }, () => process.disconnect()),
    (error) => process.send({ error: error.message }, () => process.disconnect()),
  );
});
