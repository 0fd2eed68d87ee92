import { ACTIONS, type ScriptAction } from '@userferry/script-contract';

/** Where a counting script notes that it ran. */
export const EXECUTIONS_TABLE = `CREATE TABLE executions (id serial, action text);
  GRANT ALL ON executions, executions_id_seq TO PUBLIC`;

const TAIL = `
const { Client } = require('pg');

// What is noted stays, whatever becomes of this run; the first of an action that is to stop is never done.
async function counted(action, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  await client.query('INSERT INTO executions (action) VALUES ($1)', [action]);
  const { rows } = await client.query('SELECT count(*)::int AS n FROM executions WHERE action = $1', [action]);
  if (context.request.body.stop === action && rows[0].n === 1) await client.query('SELECT pg_sleep(60)');
  await client.end();
  const somebody = { id: 7, email: 'ann@shop.example', username: 'ann' };
  switch (action) {
    case 'getUser': return context.request.body.nobody ? null : somebody;
    case 'deleteUser': case 'validatePassword': return true;
    case 'listUsers': case 'searchUser': return { totalCount: 1, list: [somebody] };
    default: return somebody;
  }
}
`;

/** A script that writes a line into its own database each time that it runs. */
export const countingScript = (action: ScriptAction): string => {
  const parameters = ACTIONS[action].parameters.join(', ');
  return `async function ${action}(${parameters}) {
  return counted('${action}', context);
}
${TAIL}`;
};
