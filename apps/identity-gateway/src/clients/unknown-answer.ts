import { ServiceError } from '@userferry/errors';

/** The migration-service said something that this version does not know, or left out what it must say. */
export const unknownAnswer = (): ServiceError =>
  new ServiceError('INTERNAL', 'the migration-service gave an answer that is not known here');
