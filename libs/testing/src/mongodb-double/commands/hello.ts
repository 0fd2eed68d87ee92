import { type Document, Long } from 'bson';
import type { Call, Connection, Member } from '../session/member.ts';
import { MAX_MESSAGE_BYTES } from '../wire/frames.ts';
import { speculate } from './authenticate.ts';

/** The state of a member as `hello` counts it. */
export const topologyVersionOf = ({ processId, deployment }: Member): Document => ({
  processId,
  counter: Long.fromNumber(deployment.topology.version()),
});

/** Whether a `hello` wants to hear only of a change: it names the state that it knows and how long it waits for another. */
export const isAwaitableHello = (call: Call): boolean => {
  if (!isStreamingHello(call)) return false;
  const { command, connection } = call;
  const { processId, counter } = topologyVersionOf(connection.member);
  const known = command.topologyVersion;
  return processId.equals(known.processId) && counter.equals(known.counter);
};

/** Whether a `hello` names a state that it knows, so that several replies to it make sense. */
export const isStreamingHello = ({ command }: Call): boolean =>
  command.maxAwaitTimeMS !== undefined && command.topologyVersion !== undefined;

/** Whether it is the command by any of its names. */
export const isHello = (name: string): boolean => name === 'hello' || name === 'isMaster' || name === 'ismaster';

/** Answers `hello`, and `isMaster` with the older word for the primary. */
export const hello = (call: Call): Document => {
  const { name, command, connection } = call;
  const { deployment } = connection.member;
  const isPrimary = deployment.topology.primary() === connection.member.index;
  return {
    ...(command.helloOk === undefined ? {} : { helloOk: true }),
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: isPrimary,
    topologyVersion: topologyVersionOf(connection.member),
    ...replicaSetFields(connection, isPrimary),
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: connection.id,
    minWireVersion: deployment.wireVersions.least,
    maxWireVersion: deployment.wireVersions.greatest,
    readOnly: false,
    ...compression(command, deployment.compressors),
    ...mechanisms(call),
    ...speculate(call),
  };
};

const replicaSetFields = ({ member }: Connection, isPrimary: boolean): Document => {
  const { setName, hosts, primary, electionId } = member.deployment.topology;
  if (setName === undefined) return {};
  return {
    hosts,
    setName,
    setVersion: 1,
    secondary: !isPrimary,
    primary: hosts[primary()],
    me: hosts[member.index],
    ...(isPrimary ? { electionId: electionId() } : {}),
    lastWrite: { lastWriteDate: new Date() },
  };
};

const compression = (command: Document, agreeable: readonly string[]): Document => {
  const asked: unknown[] = Array.isArray(command.compression) ? command.compression : [];
  const agreed = agreeable.filter((name) => asked.includes(name));
  return agreed.length > 0 ? { compression: agreed } : {};
};

const mechanisms = ({ command, connection }: Call): Document => {
  const { saslSupportedMechs: name } = command;
  if (typeof name !== 'string') return {};
  const accounts = connection.member.deployment.accounts;
  const account = accounts.find(({ user, database }) => `${database}.${user}` === name);
  return account ? { saslSupportedMechs: account.mechanisms } : {};
};
