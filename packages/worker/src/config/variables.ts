import { asDuration, asList, asNumber, asText, type Parse } from './parse.ts';
import type { WorkerConfig } from './schema.ts';

export interface Variable {
  readonly name: string;
  readonly key: keyof WorkerConfig;
  readonly parse: Parse;
  /** How the value looks, for help and messages. */
  readonly form: string;
  /** The default as a person would write it; absent when there is none. */
  readonly fallback?: string;
  readonly help: string;
}

const DURATION = 'a time like 500ms, 30s, 5m or 2h';

/** Every environment variable that the worker reads, in the order in which help lists them. */
export const VARIABLES: readonly Variable[] = [
  {
    name: 'SEALTRAIL_STORE',
    key: 'store',
    parse: asText,
    form: 'mongodb:// URL or path of a SQLite file',
    help: 'The store whose logs are anchored. Required.',
  },
  {
    name: 'REDIS_URL',
    key: 'redisUrl',
    parse: asText,
    form: 'redis:// or rediss:// URL',
    help: 'Redis for the queue. Required, except with --once.',
  },
  {
    name: 'SEALTRAIL_TICK_INTERVAL',
    key: 'tickMs',
    parse: asDuration,
    form: DURATION,
    fallback: '30s',
    help: 'Time between two looks for tenants with unanchored entries. The worker that started last decides.',
  },
  {
    name: 'SEALTRAIL_SWEEP_INTERVAL',
    key: 'sweepMs',
    parse: asDuration,
    form: DURATION,
    fallback: '1m',
    help: 'Time between two looks for proposals whose time is up. 0s leaves that to somebody else.',
  },
  {
    name: 'SEALTRAIL_SEAL_INTERVAL',
    key: 'sealMs',
    parse: asDuration,
    form: DURATION,
    fallback: '1m',
    help: 'Time between two seals over all tenants, as far as anything changed. 0s leaves that to somebody else.',
  },
  {
    name: 'SEALTRAIL_INDEX',
    key: 'index',
    parse: asText,
    form: 'mongodb:// URL or path of a SQLite file',
    help: 'Where the index is that finds them; default beside the store. It holds nothing that cannot be rebuilt.',
  },
  {
    name: 'SEALTRAIL_LOG_FOLDER',
    key: 'logFolder',
    parse: asText,
    form: 'path of a folder',
    help: 'Where checkpoints over the seals are published. Without it none are. One folder belongs to one store, on one machine.',
  },
  {
    name: 'SEALTRAIL_KEY_FILES',
    key: 'keyFiles',
    parse: asList,
    form: 'paths separated by commas',
    help: 'The keys that sign them, made by "sealtrail key new"; several during a change of keys.',
  },
  {
    name: 'SEALTRAIL_POLICY',
    key: 'policyFile',
    parse: asText,
    form: 'path of a policy file',
    help: 'Its witnesses with an address are asked to cosign each checkpoint.',
  },
  {
    name: 'SEALTRAIL_SINKS',
    key: 'sinksFile',
    parse: asText,
    form: 'path of a JSON file',
    help: 'Further sinks of checkpoints: folders, web addresses, time-stamping authorities.',
  },
  {
    name: 'SEALTRAIL_PUBLISH_INTERVAL',
    key: 'publishMs',
    parse: asDuration,
    form: DURATION,
    fallback: '1m',
    help: 'Time between two checkpoints, as far as anything was sealed.',
  },
  {
    name: 'SEALTRAIL_SINK_PATIENCE',
    key: 'sinkPatienceMs',
    parse: asDuration,
    form: DURATION,
    fallback: '24h',
    help: 'How long a sink may take nothing of what waits for it until an alert is raised.',
  },
  {
    name: 'SEALTRAIL_MAX_SEGMENT',
    key: 'maxSegment',
    parse: asNumber,
    form: '1 to 65536',
    fallback: '4096',
    help: 'Entries under one anchor. A segment that is full is anchored at the next tick.',
  },
  {
    name: 'SEALTRAIL_MAX_DELAY',
    key: 'maxDelayMs',
    parse: asDuration,
    form: DURATION,
    fallback: '5m',
    help: 'How long a smaller segment waits to become full. 0s anchors everything at each tick.',
  },
  {
    name: 'SEALTRAIL_CONCURRENCY',
    key: 'concurrency',
    parse: asNumber,
    form: '1 to 64',
    fallback: '4',
    help: 'Tenants that this worker anchors at once.',
  },
  {
    name: 'SEALTRAIL_HTTP_HOST',
    key: 'httpHost',
    parse: asText,
    form: 'address',
    fallback: '127.0.0.1',
    help: 'Where /healthz, /readyz and /metrics listen. They have no access control of their own.',
  },
  {
    name: 'SEALTRAIL_HTTP_PORT',
    key: 'httpPort',
    parse: asNumber,
    form: '0 to 65535',
    fallback: '9464',
    help: 'Their port; 0 takes any free one and logs it.',
  },
  {
    name: 'SEALTRAIL_LOG_LEVEL',
    key: 'logLevel',
    parse: asText,
    form: 'debug, info, warn, error or silent',
    fallback: 'info',
    help: 'Logs are lines of JSON on standard output.',
  },
  {
    name: 'SEALTRAIL_QUEUE_PREFIX',
    key: 'queuePrefix',
    parse: asText,
    form: 'A-Z a-z 0-9 . _ -',
    fallback: 'sealtrail',
    help: 'First part of every key in Redis. Workers of one store share it; every store needs its own.',
  },
  {
    name: 'SEALTRAIL_GRACE',
    key: 'graceMs',
    parse: asDuration,
    form: DURATION,
    fallback: '20s',
    help: 'After SIGTERM: how long anchoring may go on before it is abandoned after the segment it is at.',
  },
  {
    name: 'SEALTRAIL_TAKEOVER',
    key: 'takeoverMs',
    parse: asDuration,
    form: DURATION,
    fallback: '30s',
    help: 'How long the jobs of a worker that died stay its own before another one takes them over.',
  },
];
