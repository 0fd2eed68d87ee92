/** The agents of requests that name none; scripts may set others, or change these, for their run. */
import { undoAtEnd } from '../../at-end.ts';
import { keepModule } from '../../integrity/modules.ts';
import { defineProperty, getOwnPropertyDescriptor } from '../../primordials.ts';
import { Agent, callable } from './agent.ts';

/** As in Node: connections are kept, the last used one first, for five idle seconds. */
export const GLOBAL_OPTIONS = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;

/** What is set in an agent. What else is a number in it counts its sockets, and is not put back. */
const SETTINGS = [
  'defaultPort',
  'protocol',
  'keepAliveMsecs',
  'keepAlive',
  'maxSockets',
  'maxFreeSockets',
  'scheduling',
  'maxTotalSockets',
  'agentKeepAliveTimeoutBuffer',
] as const;

/** An agent whose settings are put back at the end of every run, without a call of what a script has put in their place. */
export function globalAgent(agent: Agent): Agent {
  const standard = SETTINGS.map((name) => [name, agent[name]] as const);
  undoAtEnd(() => {
    for (let i = 0; i < standard.length; i++) {
      const [name, value] = standard[i] as (typeof standard)[number];
      const now = getOwnPropertyDescriptor(agent, name);
      if (now === undefined || !('value' in now) || now.value !== value)
        defineProperty(agent, name, { value, writable: true, enumerable: true, configurable: true });
    }
  });
  return agent;
}

export const HttpAgent = callable(Agent);

export const globalAgents: { http: Agent } = { http: globalAgent(new HttpAgent({ ...GLOBAL_OPTIONS })) };
keepModule(globalAgents);
