import { ACTIONS, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { LEGACY_STORES, templateOf } from './templates.ts';

const cases = LEGACY_STORES.flatMap((store) => SCRIPT_ACTIONS.map((action) => [store, action] as const));

describe('a ready-made script', () => {
  it.each(cases)('%s %s defines its function with the parameters of the contract', (store, action) => {
    const define = new Function('require', 'env', `${templateOf(store, action)}\nreturn ${action};`);
    const anything: unknown = new Proxy(() => undefined, { get: () => anything, apply: () => anything });
    const script = define(() => anything, {}) as (...args: unknown[]) => unknown;
    expect(script.name).toBe(action);
    const { parameters } = ACTIONS[action];
    expect(script.toString()).toContain(`async function ${action}(${parameters.join(', ')})`);
  });

  const openers = cases.filter(([store]) => store !== 'web-service');
  it.each(openers)('%s %s closes what it opens', (store, action) => {
    expect(templateOf(store, action)).toMatch(/finally \{\n\s+await \w+\.(end|close)\(\);/);
  });
});
