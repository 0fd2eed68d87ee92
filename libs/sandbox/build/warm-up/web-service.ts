/** A web service for the warm-up: JSON in answer to everything. */
import { createServer, type Server } from 'node:http';

/** Listens on a free port of the loopback. */
export function startWebService(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 7, email: 'a@b.example' }));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as { port: number }).port, server }));
  });
}
