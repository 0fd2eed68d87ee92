/** How much of a buffer is shown. */
import { outOfRange, validateNumber } from '../node-errors.ts';
import { runSetting } from '../run-setting.ts';

const maxBytes = runSetting(50);

/** `buffer.INSPECT_MAX_BYTES`. */
export const inspectMaxBytes: PropertyDescriptor = {
  enumerable: true,
  configurable: true,
  get: maxBytes.get,
  set: (value: unknown) => {
    validateNumber(value, 'INSPECT_MAX_BYTES');
    if (!((value as number) >= 0)) throw outOfRange('INSPECT_MAX_BYTES', '>= 0', value);
    maxBytes.set(value as number);
  },
};
