import { type Document, Double } from 'bson';
import { hello, isAwaitableHello, isHello, isStreamingHello, topologyVersionOf } from '../commands/hello.ts';
import { runCommand } from '../commands/run-command.ts';
import { readCount } from '../data/numbers.ts';
import type { FaultAction } from '../double-options.ts';
import { codeNameOf, failure, isFailure } from '../failure.ts';
import { writeReply } from '../wire/reply.ts';
import { type Request, readRequest, readRequestId } from '../wire/request.ts';
import { clusterTimeOf } from './cluster-time.ts';
import { errorReply } from './error-reply.ts';
import type { Call, Connection } from './member.ts';
import type { Peer } from './peer.ts';
import { seeCommand } from './see-command.ts';
import { wait } from './wait.ts';

/** What a client gets that has come to another protocol's server. */
const GARBAGE = Buffer.from('SSH-2.0-OpenSSH_9.6\r\nProtocol mismatch.\r\n');

/** Answers one message. Throws for what makes a server hang up. */
export const answerFrame = async (frame: Buffer, connection: Connection, peer: Peer): Promise<void> => {
  let request: Request;
  try {
    request = readRequest(frame);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const reply = writeReply({ id: readRequestId(frame), opcode: 'OP_MSG', compressed: false }, errorReply(error));
    return peer.send(reply);
  }
  const { database, command } = request;
  const [name = ''] = Object.keys(command);
  const { member } = connection;
  member.commands.push(seeCommand(request, connection.id));
  const call: Call = { name, database, command, connection };
  await answerStruck({ call, request, peer }, member.faults.strike(name));
};

type Exchange = { readonly call: Call; readonly request: Request; readonly peer: Peer };

/** Answers a command as a fault has it, or rightly where there is none. */
const answerStruck = async (exchange: Exchange, fault: FaultAction | undefined): Promise<void> => {
  const { call, peer } = exchange;
  if (fault?.kind === 'drop' && fault.at === 'request') return peer.hangUp(fault.reset ? 'reset' : 'close');
  if (fault === undefined && isHello(call.name)) return answerHello(exchange);
  const reply = frameOf(exchange, fault?.kind === 'error' ? faultReply(fault) : await carryOut(exchange, fault));
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'drop') {
    if (fault.at === 'mid-reply') await peer.send(reply.subarray(0, reply.length >> 1));
    return peer.hangUp(fault.reset ? 'reset' : 'close');
  }
  if (!exchange.request.wantsReply) return;
  if (fault?.kind === 'garbage') return peer.send(GARBAGE);
  if (fault?.kind === 'pieces') return peer.sendInPieces(reply, fault.bytes);
  return peer.send(reply);
};

const frameOf = ({ request }: Exchange, document: Document): Buffer => writeReply(request, document);

const faultReply = ({ code, message, codeName, errorLabels }: FaultAction & { kind: 'error' }): Document => ({
  ok: new Double(0),
  errmsg: message,
  code,
  codeName: codeName ?? codeNameOf(code),
  ...(errorLabels ? { errorLabels } : {}),
});

/** The command's own answer, later where a fault delays it; no later than the command allows. */
const carryOut = async ({ call }: Exchange, fault: FaultAction | undefined): Promise<Document> => {
  const { command, connection } = call;
  const time = clusterTimeOf(connection.member);
  try {
    const delayMs = fault?.kind === 'delay' ? fault.delayMs : 0;
    const allowedMs = readCount(command.maxTimeMS) || Number.POSITIVE_INFINITY;
    await wait(Math.min(delayMs, allowedMs), connection.closed);
    if (delayMs > allowedMs) throw failure(50, 'operation exceeded time limit');
    return { ...runCommand(call), ...time };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const isAboutPrimary = error.code === 10107 || error.code === 13435;
    const version = isAboutPrimary ? { topologyVersion: topologyVersionOf(connection.member) } : {};
    return { ...errorReply(error, command), ...version, ...time };
  }
};

/**
 * A client that watches names the state that it knows: it is answered when there is another, or after the time that it
 * gave; where it takes several replies to one request, again and again.
 */
const answerHello = async ({ call, request, peer }: Exchange): Promise<void> => {
  const { connection } = call;
  let { command } = call;
  const isStreaming = request.allowsExhaust && isStreamingHello(call);
  for (;;) {
    const current = { ...call, command };
    if (isAwaitableHello(current)) {
      const change = connection.member.deployment.topology.changed();
      await wait(readCount(command.maxAwaitTimeMS) ?? 0, AbortSignal.any([connection.closed, change]));
    }
    if (connection.closed.aborted) return;
    const document = { ...hello(current), ok: new Double(1), ...clusterTimeOf(connection.member) };
    await peer.send(writeReply(request, document, { moreToCome: isStreaming }));
    if (!isStreaming) return;
    command = { ...command, topologyVersion: topologyVersionOf(connection.member) };
  }
};
