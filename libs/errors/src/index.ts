export { type Blame, type CanonicalCode, isReason, REASONS, type Reason, type Retry } from './reasons.ts';
export { INTERNAL_MESSAGE, ServiceError, type ServiceErrorOptions, toServiceError } from './service-error.ts';
