export { passwordMask, profileMask, secretMask } from './mask-text.ts';
export { masksTogether, type TextMask } from './replace-spans.ts';
