import { StringDecoder } from 'string_decoder/';

export const stringDecoder = { StringDecoder };
