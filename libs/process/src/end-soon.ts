/** How long whatever still holds the process may go on after everything of ours was closed. */
const LINGER_MS = 2_000;

/**
 * For the end of a service, when all that it opened is closed and its exit code is set: the process ends by itself as soon as
 * nothing is left to wait for, and after two seconds whatever is. A gRPC channel that was closed while it connected to a
 * replica that has vanished would else hold it until the system gives up the connection, two minutes later (grpc-js 1.14).
 */
export const endSoon = (): void => {
  setTimeout(() => process.exit(), LINGER_MS).unref();
};
