/** The agents of requests that name none; scripts may set others, for their run. */
import { keepModule } from '../../integrity/modules.ts';
import { Agent, callable } from './agent.ts';

/** As in Node: connections are kept, the last used one first, for five idle seconds. */
export const GLOBAL_OPTIONS = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;

export const HttpAgent = callable(Agent);

export const globalAgents: { http: Agent } = { http: new HttpAgent({ ...GLOBAL_OPTIONS }) };
keepModule(globalAgents);
