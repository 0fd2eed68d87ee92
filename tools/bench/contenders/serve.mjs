// The process of one contender: is told what to log in with, and answers one login after the other, many at a time.
// Plain JavaScript, so that nothing of the bench weighs on what is measured.
const [kind, settingJson] = process.argv.slice(2);
const KINDS = {
  plain_node: () => import('./kinds/plain-node.mjs'),
  fork_per_run: () => import('./kinds/fork-per-run.mjs'),
  worker_per_run: () => import('./kinds/worker-per-run.mjs'),
  workerd: () => import('./kinds/workerd.mjs'),
  sandbox: () => import('./kinds/in-sandbox.ts'),
};

const { start } = await KINDS[kind]();
const { login, close } = await start(JSON.parse(settingJson));

process.on('message', ({ id, args }) => {
  login(args).then(
    () => process.send({ id }),
    (error) => process.send({ id, error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', async () => {
  await close();
  process.exit();
});
process.send({ ready: true });
