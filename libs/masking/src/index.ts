export { passwordMask, profileMask, secretMask, type TextMask } from './mask-text.ts';
