/**
 * What a module that is loaded may take over from others into variables of its own: functions of core modules and of the
 * web's classes, and the classes themselves. From another package none takes anything.
 */
import { isAsPictured, type Picture } from './picture.ts';

const pictures: Picture[] = [];

const hasCode = ({ get, value }: PropertyDescriptor): boolean => get !== undefined || typeof value === 'function';

/** Notes a picture of a module's own, if there is something to take over from what it shows. */
export function lend(picture: Picture): void {
  const { slots } = picture;
  for (let i = 0; i < slots.length; i++) {
    if (!hasCode(slots[i] as PropertyDescriptor)) continue;
    pictures[pictures.length] = picture;
    return;
  }
}

export function lentIsIntact(): boolean {
  for (let i = 0; i < pictures.length; i++) if (!isAsPictured(pictures[i] as Picture)) return false;
  return true;
}
