/**
 * gRPC service config as JSON: the policy by which calls are spread over all addresses of a name; a retry policy for the methods
 * that are safe to repeat and for no other. Source: gRFC A6 (client retries), A2 (service config).
 */
export const serviceConfig = (service: string, repeatable: readonly string[], policy: string): string =>
  JSON.stringify({
    loadBalancingConfig: [{ [policy]: {} }],
    methodConfig:
      repeatable.length === 0
        ? []
        : [
            {
              name: repeatable.map((method) => ({ service, method: `${method[0]?.toUpperCase()}${method.slice(1)}` })),
              retryPolicy: {
                maxAttempts: 5,
                initialBackoff: '0.1s',
                maxBackoff: '1s',
                backoffMultiplier: 2,
                retryableStatusCodes: ['UNAVAILABLE'],
              },
            },
          ],
  });
