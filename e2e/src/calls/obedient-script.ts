import { ACTIONS, type ScriptAction } from '@userferry/script-contract';
import { type LegacyStore, templateOf } from '@userferry/script-templates';

/** What an obedient script may be told to say instead of what its database says, as the caller's
 * `request.body.say`: pairs, since a field that is named `validatePassword` is taken for a password. */
const TAIL = `
async function obey(action, args, original) {
  const context = args[args.length - 1];
  const say = new Map(context.request.body.say || []).get(action);
  const takesId = ['updateUser', 'deleteUser', 'validatePassword'].includes(action);
  if (takesId && typeof args[0] !== env.ID_TYPE) throw new TypeError('an id came as a ' + typeof args[0]);
  switch (say) {
    case undefined: return original();
    case 'null': return null;
    case 'null, though it was done': await original(); return null;
    case 'later': await new Promise((resolve) => setTimeout(resolve, 1500)); return original();
    case 'false': return false;
    case 'profile with another e-mail': return { ...(await original()), email: 'somebody@else.example' };
    case 'blocked profile': return { ...(await original()), blocked: true };
    case 'deleted profile': return { ...((await original()) || { id: 1 }), isDeleted: true };
    case 'profile without id': return { ...(await original()), id: undefined };
    case 'store unreachable': await dial(env.DEAD_PORT); break;
    case 'egress denied': await dial(env.DEAD_PORT, '10.0.0.1'); break;
    case 'TypeError': return context.nothing.here;
    case 'timed out': case 'killed': return wait();
    case 'Error': throw new Error('the script itself says no');
    default: throw new globalThis[say]('the script itself says no');
  }
}

function dial(port, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const socket = require('net').connect(Number(port), host, () => resolve(socket));
    socket.on('error', reject);
  });
}

// Tells the test that it has begun, and is never done.
async function wait() {
  await dial(env.BEACON_PORT);
  await new Promise((resolve) => setTimeout(resolve, 60000));
}
`;

/**
 * The ready-made script, unchanged but for its name, behind a function that obeys the caller: outages are real ones (a
 * port on which nobody listens), and so are timeouts and what the egress list denies (a private address).
 */
export const obedientScript = (store: LegacyStore, action: ScriptAction): string => {
  const parameters = ACTIONS[action].parameters.join(', ');
  const head = `async function ${action}(${parameters}) {`;
  const source = templateOf(store, action);
  if (!source.includes(head)) throw new Error(`the ${store} script for ${action} does not begin as expected`);
  const renamed = source.replace(head, `async function original(${parameters}) {`);
  return `${renamed}
${head}
  return obey('${action}', [${parameters}], () => original(${parameters}));
}
${TAIL}`;
};
