import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TRIES_MAX = 100;
const TRY_MS = 100;

// bcrypt is native code, which workerd does not load: bcryptjs is what one would take there.
const moduleOf = (source) => `
import pg from 'pg';
import bcrypt from 'bcryptjs';
const modules = { pg, bcrypt };
const console = { log: () => undefined };
const define = (require, env) => {
${source}
return login;
};
let login;
export default {
  async fetch(request, env) {
    login ??= define((name) => modules[name], env);
    try {
      return Response.json({ result: await login(...(await request.json())) });
    } catch (error) {
      return Response.json({ error: String(error.stack ?? error) });
    }
  },
};
`;

/** What esbuild leaves as `require` are Node's own modules. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire('/login.mjs');";

const bundle = async (source, outfile) => {
  await build({
    stdin: { contents: moduleOf(source), resolveDir: HERE, sourcefile: 'login.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['workerd'],
    external: ['cloudflare:sockets', 'pg-native'],
    banner: { js: BANNER },
    outfile,
    logLevel: 'error',
  });
};

/** It listens on the loopback, and reaches nothing else. */
const configOf = (env, port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "login", worker = .login), (name = "legacy", network = (allow = ["127.0.0.1/32"])) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "login") ]
);
const login :Workerd.Worker = (
  modules = [ (name = "login.mjs", esModule = embed "login.mjs") ],
  compatibilityDate = "2026-06-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [ ${Object.entries(env)
    .map(([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`)
    .join(', ')} ],
  globalOutbound = "legacy",
);
`;

const post = (agent, port, args) =>
  new Promise((resolve, reject) => {
    const call = request({ agent, port, host: '127.0.0.1', method: 'POST' }, async (response) => {
      const { error } = JSON.parse((await response.toArray()).join(''));
      if (error === undefined) resolve();
      else reject(new Error(error));
    });
    call.once('error', reject);
    call.end(JSON.stringify(args));
  });

const untilListening = async (child, port) => {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (child.exitCode !== null) throw new Error(`workerd ended with ${child.exitCode}`);
    const answers = await new Promise((resolve) => {
      const probe = request({ port, host: '127.0.0.1', method: 'GET' }, () => resolve(true));
      probe.once('error', () => resolve(false));
      probe.end();
    });
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  throw new Error('workerd does not listen');
};

/** workerd with `nodejs_compat` and the same pg over its own sockets, asked over HTTP by the process that wants to know. */
export const start = async ({ scriptFile, env, workerd, workerdPort }) => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-workerd-'));
  await bundle(readFileSync(scriptFile, 'utf8'), join(folder, 'login.mjs'));
  writeFileSync(join(folder, 'config.capnp'), configOf(env, workerdPort), { mode: 0o600 });
  const child = spawn(workerd, ['serve', join(folder, 'config.capnp')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const agent = new Agent({ keepAlive: true });
  const close = async () => {
    agent.destroy();
    child.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    await untilListening(child, workerdPort);
  } catch (error) {
    await close();
    throw error;
  }
  return { login: (args) => post(agent, workerdPort, args), close };
};
