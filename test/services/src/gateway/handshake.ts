import { type Document, Long } from 'bson';

/** The newest wire version whose commands the gateway knows: MongoDB 7.0. */
const WIRE_VERSION = 21;
const SERVER_VERSION = '7.0.0';

/**
 * Announces a replica set of one member, its primary: only to such a server does the driver send transactions and
 * retryable writes. It names no topology version, so that the driver polls and does not ask for a stream.
 */
export function hello(address: string, connectionId: number): Document {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    secondary: false,
    setName: 'sealtrail',
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 25_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}

export function buildInfo(): Document {
  return {
    version: SERVER_VERSION,
    versionArray: [...SERVER_VERSION.split('.').map(Number), 0],
    gitVersion: 'documentdb',
    modules: [],
    sysInfo: 'DocumentDB on PostgreSQL behind the gateway of @sealtrail/test-services',
    bits: 64,
    maxBsonObjectSize: 16 * 1024 * 1024,
    ok: 1,
  };
}

/** Commands that are answered without asking the engine. */
export function constantAnswer(name: string, address: string, connectionId: number): Document | undefined {
  switch (name.toLowerCase()) {
    case 'hello':
    case 'ismaster':
      return hello(address, connectionId);
    case 'buildinfo':
      return buildInfo();
    case 'ping':
      return { ok: 1 };
    case 'getparameter':
      return { featureCompatibilityVersion: { version: '7.0' }, ok: 1 };
    case 'hostinfo':
      return { system: { currentTime: new Date(), hostname: address }, ok: 1 };
    case 'connectionstatus':
      return { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 };
    case 'replsetgetstatus':
      return {
        set: 'sealtrail',
        date: new Date(),
        myState: 1,
        term: Long.fromNumber(1),
        members: [{ _id: 0, name: address, health: 1, state: 1, stateStr: 'PRIMARY', self: true }],
        ok: 1,
      };
    default:
      return undefined;
  }
}
