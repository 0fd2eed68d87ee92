import type { CallFacts } from '@userferry/grpc';

/** How the audit names a call: `IdentityService/ResetPassword`. */
export const auditedAs = ({ method }: Pick<CallFacts, 'method'>): string => method.slice(method.lastIndexOf('.') + 1);
