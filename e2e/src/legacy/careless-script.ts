import { ACTIONS, type ScriptAction } from '@userferry/script-contract';
import { type LegacyStore, templateOf } from '@userferry/script-templates';

/** How a careless script can end, as the caller's `request.body.end` says. */
export const CARELESS_ENDS = ['well', 'throws', 'throws oddly', 'returns rubbish', 'outage', 'never'] as const;

export type CarelessEnd = (typeof CARELESS_ENDS)[number];

const TAIL = `
async function careless(action, args, original) {
  const everything = JSON.stringify(args);
  console.log('called with', ...args);
  console.error(everything);
  console.warn('user %s', everything.toUpperCase());
  const { end } = args[args.length - 1].request.body;
  if (end === 'never') await new Promise((resolve) => setTimeout(resolve, 60000));
  if (end === 'outage') await dialNobody().catch((error) => { throw Object.assign(error, { message: error.message + everything }); });
  const result = await original();
  const added = result && result.id ? { ...result, customData: { deep: [{ note: 'found-there-' + result.id + '-canary' }] } } : result;
  if (end === 'throws') throw new Error('refused ' + everything);
  if (end === 'throws oddly') throw Object.assign(new TypeError(everything), { name: strings(args)[0], code: strings(args)[1] });
  console.info('answers', added, JSON.stringify(added));
  if (end === 'returns rubbish') return { ...added, id: undefined, emailVerified: [everything] };
  return added;
}

function strings(value) {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(strings) : [];
}

function dialNobody() {
  return new Promise((resolve, reject) => require('net').connect(Number(env.DEAD_PORT), '127.0.0.1', resolve).on('error', reject));
}
`;

/** The ready-made script behind a function that prints and throws whatever it was given, and prints whatever it answers. */
export const carelessScript = (store: LegacyStore, action: ScriptAction): string => {
  const parameters = ACTIONS[action].parameters.join(', ');
  const head = `async function ${action}(${parameters}) {`;
  const renamed = templateOf(store, action).replace(head, `async function original(${parameters}) {`);
  return `${renamed}
${head}
  return careless('${action}', [${parameters}], () => original(${parameters}));
}
${TAIL}`;
};
