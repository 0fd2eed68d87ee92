/** Classes of ours whose instances `structuredClone` refuses: in Node native code stands behind them. */
import { getPrototypeOf } from './primordials.ts';
import { proxyDetails } from './proxies.ts';

const uncloneable: object[] = [];

function isListed(prototype: object): boolean {
  for (let i = 0; i < uncloneable.length; i++) if (uncloneable[i] === prototype) return true;
  return false;
}

/** To be called when the class is made, before any script has it. */
export function refuseToClone(made: { readonly prototype: object }): void {
  if (!isListed(made.prototype)) uncloneable[uncloneable.length] = made.prototype;
}

/** Whether it is an instance of such a class. */
export function isUncloneable(value: object): boolean {
  for (
    let above = getPrototypeOf(value) as object | null;
    above !== null;
    above = getPrototypeOf(above) as object | null
  ) {
    if (proxyDetails(above) !== undefined) return false;
    if (isListed(above)) return true;
  }
  return false;
}
