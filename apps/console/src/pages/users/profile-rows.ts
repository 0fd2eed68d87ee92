import type { Profile } from '@userferry/contracts/json-types';
import { bytesToText } from '../../api/bytes.ts';

export type ProfileRow = { readonly name: string; readonly value: string };

/** The fields of a profile that hold something, by name; custom data as readable JSON. */
export const profileRows = ({ customDataJson, registerSource, ...fields }: Profile): readonly ProfileRow[] => [
  ...Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ({ name, value: String(value) })),
  ...(registerSource.length > 0 ? [{ name: 'registerSource', value: registerSource.join(', ') }] : []),
  ...(customDataJson === '' ? [] : [{ name: 'customData', value: readable(bytesToText(customDataJson)) }]),
];

const readable = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
};
