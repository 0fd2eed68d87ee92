/** `stream/web`: the classes of the globals. */
import { streamWeb as make } from '../globals/lazy.ts';

export const streamWeb = make();
