import { describe, expect, it } from 'vitest';
import { compileRule, ruleProblem } from './destination-rule.ts';

const covers = (host: string, address: string, name = 'x') =>
  compileRule({ host, port: '*' }).covers({ host: name, address });

describe('the port of a rule', () => {
  it.each([1, 65535, '*'] as const)('may be %s', (port) => {
    expect(ruleProblem({ host: 'db.test', port })).toBeUndefined();
  });

  it.each([0, -1, 65536, 443.5, Number.NaN])('may not be %s', (port) => {
    expect(ruleProblem({ host: 'db.test', port })).toContain('port from 1 to 65535');
  });
});

describe('a rule for an address', () => {
  it.each([
    ['8.8.8.8', '8.8.8.9'],
    ['2606:4700::6', '2606:4700::7'],
    ['2606:4700::6', '2606:4700:8000::6'],
  ])('of %s covers that one alone, not %s', (address, other) => {
    expect(covers(address, address)).toBe(true);
    expect(covers(address, other)).toBe(false);
  });

  it('covers no address of the other family, and none of an interface', () => {
    expect(covers('0.0.0.0/0', '2606:4700::1')).toBe(false);
    expect(covers('::/0', '8.8.8.8')).toBe(false);
    expect(covers('fe80::/10', 'fe80::1')).toBe(true);
    expect(covers('fe80::/10', 'fe80::1%eth0')).toBe(false);
  });

  it('does not go by a name that is written as it is', () => {
    expect(covers('8.8.8.8', '8.8.4.4', '8.8.8.8')).toBe(false);
  });
});
