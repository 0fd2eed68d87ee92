import type { Document } from 'bson';
import { notInDouble } from '../failure.ts';
import { anyValue } from './matches.ts';
import { isDocument } from './values.ts';

/** Strength 2 of the English collation: case does not count, accents do. */
const compareAnyCase = new Intl.Collator('en', { sensitivity: 'accent' }).compare;

const isAnyCase = (collation: unknown): boolean => {
  if (!isDocument(collation)) return false;
  const { locale, strength, ...others } = collation;
  return locale === 'en' && Number(strength) === 2 && Object.keys(others).length === 0;
};

/** A filter under a collation. Knows fields that equal a text, under `{ locale: 'en', strength: 2 }`; refuses others. */
export const compileCollated = (filter: Document, collation: unknown): ((document: Document) => boolean) => {
  if (!isAnyCase(collation)) throw notInDouble(`collation ${JSON.stringify(collation)}`);
  const tests = Object.entries(filter).map(([name, wanted]) => {
    if (/^[$_]/.test(name) || typeof wanted !== 'string') throw notInDouble('collations but where a text is equal');
    return anyValue(name.split('.'), (value) => typeof value === 'string' && compareAnyCase(value, wanted) === 0);
  });
  return (document) => tests.every((test) => test(document));
};
