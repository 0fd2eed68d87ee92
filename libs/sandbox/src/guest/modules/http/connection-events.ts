/** What a request listens for on its connection, and how the connection becomes free again. */
import { fix } from '../../integrity/fixed.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import type { ClientRequest } from './client-request.ts';
import type { IncomingMessage } from './incoming-message.ts';
import type { MarkedSocket } from './outgoing-message.ts';
import { isInformational, ResponseReader } from './response-reader.ts';
import { connectionReset } from './validate.ts';

type RequestSocket = MarkedSocket & { parser?: ResponseReader | null };

const requestOf = (socket: MarkedSocket): ClientRequest => socket._httpMessage as ClientRequest;

function hangUp(socket: RequestSocket, request: ClientRequest): void {
  if (socket._hadError) return;
  socket._hadError = true;
  request.emit('error', connectionReset('socket hang up'));
}

function endReading(socket: RequestSocket): void {
  const { parser } = socket;
  parser?.finish();
  parser?.close();
}

function onDrain(this: RequestSocket): void {
  (this._httpMessage as ClientRequest | null)?._drained();
}

function onClose(this: RequestSocket): void {
  const request = requestOf(this);
  // It may be gone by the end of what follows.
  const { parser } = this;
  const { res } = request;
  request.destroyed = true;
  if (res && !res.complete) res.destroy(connectionReset('aborted'));
  if (!res) hangUp(this, request);
  request._closed = true;
  request.emit('close');
  if (res && !res.aborted && res.readable) res.push(null);
  request.outputData.length = 0;
  parser?.finish();
  parser?.close();
}

export function onSocketError(this: RequestSocket, error: Error): void {
  const request = this._httpMessage as ClientRequest | null;
  if (request) {
    this._hadError = true;
    request.emit('error', error);
  }
  endReading(this);
  this.removeListener('data', onData);
  this.removeListener('end', onEnd);
  this.destroy();
}

function onEnd(this: RequestSocket): void {
  const request = requestOf(this);
  if (!request.res) hangUp(this, request);
  endReading(this);
  this.destroy();
}

function detach(socket: RequestSocket): void {
  socket.removeListener('data', onData);
  socket.removeListener('end', onEnd);
  socket.removeListener('drain', onDrain);
}

function onData(this: RequestSocket, bytes: Buffer): void {
  const request = requestOf(this);
  const parser = this.parser as ResponseReader;
  const taken = parser.execute(bytes);
  const { incoming } = parser;
  if (typeof taken !== 'number') {
    parser.close();
    this.removeListener('data', onData);
    this.removeListener('end', onEnd);
    this.destroy();
    this._hadError = true;
    request.emit('error', Object.assign(taken, { rawPacket: bytes }));
  } else if (incoming?.upgrade) switchProtocols(this, request, bytes.subarray(taken));
  else if (incoming?.complete && !isInformational(incoming.statusCode as number)) {
    detach(this);
    parser.close();
  }
}

/** The connection belongs to who listens for the switch; where nobody does, it ends. */
function switchProtocols(socket: RequestSocket, request: ClientRequest, head: Buffer): void {
  const { parser } = socket;
  const response = parser?.incoming as IncomingMessage;
  request.res = response;
  detach(socket);
  if (request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
  socket.removeListener('timeout', onResponseTimeout);
  endReading(socket);
  const name = request.method === 'CONNECT' ? 'connect' : 'upgrade';
  if (request.listenerCount(name) === 0) {
    socket.destroy();
    return;
  }
  request.upgradeOrConnect = true;
  socket.emit('agentRemove');
  socket.removeListener('close', onClose);
  socket.removeListener('error', onSocketError);
  socket._httpMessage = null;
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
  request.emit(name, response, socket, Buffer.from(head));
  request.destroyed = true;
  request._closed = true;
  request.emit('close');
}

function onResponseTimeout(this: RequestSocket): void {
  (this._httpMessage as ClientRequest | null)?.res?.emit('timeout');
}

/** A request and its connection, from the moment that it has one. */
export function attach(request: ClientRequest, socket: RequestSocket): void {
  request.socket = socket;
  const reader = new ResponseReader(request, socket);
  request.parser = reader;
  socket.parser = reader;
  socket._httpMessage = request;
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.on('drain', onDrain);
}

/** The head of the response is there: what happens at its end is known before the script hears of it. */
export function followResponse(request: ClientRequest, response: IncomingMessage): void {
  response.on('end', () => onResponseEnd(request, response));
  // Where the response ends before the request has gone out, the connection is free only then.
  request.on('finish', () => {
    if (request.shouldKeepAlive && request._ended && !request.destroyed) setFree(request);
  });
  request.socket?.on('timeout', onResponseTimeout);
}

function onResponseEnd(request: ClientRequest, response: IncomingMessage): void {
  const { socket } = request;
  response._detachSignal();
  if (socket) {
    if (request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
    socket.removeListener('timeout', onResponseTimeout);
  }
  request._ended = true;
  if (!request.shouldKeepAlive) {
    if (!socket?.writable) return;
    if (typeof socket.destroySoon === 'function') socket.destroySoon();
    else (socket as MarkedSocket).end();
  } else if (request.writableFinished && !response.aborted) setFree(request);
}

function setFree(request: ClientRequest): void {
  const socket = request.socket as RequestSocket;
  if (request.timeoutCb) {
    socket.setTimeout(0, request.timeoutCb);
    request.timeoutCb = null;
  }
  socket.removeListener('close', onClose);
  socket.removeListener('error', onSocketError);
  socket.removeListener('data', onData);
  socket.removeListener('end', onEnd);
  // After the script's own listeners of the end have run.
  nextTick(() => {
    request._closed = true;
    request.emit('close');
    request.socket?.emit('free');
  });
  request.destroyed = true;
  if (request.res) request.res.socket = null;
}

fix(onClose, onData, onDrain, onEnd, onResponseTimeout, onSocketError);
