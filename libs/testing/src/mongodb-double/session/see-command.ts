import type { Document } from 'bson';
import type { SeenCommand } from '../double-options.ts';
import { promoteDocument } from '../wire/bson.ts';
import type { Request } from '../wire/request.ts';

/** A command to be remembered: nothing that proves a password stays in it. */
export const seeCommand = ({ opcode, compressed, database, command }: Request, connection: number): SeenCommand => {
  const [name = ''] = Object.keys(command);
  return { connection, opcode, compressed, name, database, command: promoteDocument(withoutProofs(command)) };
};

const withoutProofs = ({ payload: _payload, speculativeAuthenticate: speculative, ...rest }: Document): Document =>
  speculative === undefined ? rest : { ...rest, speculativeAuthenticate: withoutProofs(speculative) };
