import { readFileSync } from 'node:fs';
import { createWorker, readConfig } from '@sealtrail/worker';
import { describe, expect, it } from 'vitest';
import { helpText } from '../../packages/worker/src/cli/help.ts';
import { readOnceConfig } from '../../packages/worker/src/config/read-config.ts';
import { hide, redact, redactLocation, secretsOf } from '../../packages/worker/src/config/secrets.ts';
import { VARIABLES } from '../../packages/worker/src/config/variables.ts';
import { redacting } from '../../packages/worker/src/observe/logger.ts';
import { Recorder } from './helpers/recorder.ts';

const MINIMAL = { SEALTRAIL_STORE: 'audit.db', REDIS_URL: 'redis://127.0.0.1' };

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toMatchObject({ name: 'SealtrailError', code: 'config_invalid' });
    return (error as { detail: { problems: string[] } }).detail.problems;
  }
  throw new Error('the configuration was taken');
}

describe('configuration from the environment', () => {
  it('needs the store and Redis only', () => {
    expect(readConfig({ ...MINIMAL, PATH: '/bin', HOME: '/root' })).toEqual({
      store: 'audit.db',
      redisUrl: 'redis://127.0.0.1',
      tickMs: 30_000,
      sweepMs: 60_000,
      sealMs: 60_000,
      publishMs: 60_000,
      sinkPatienceMs: 86_400_000,
      maxSegment: 4096,
      maxDelayMs: 300_000,
      concurrency: 4,
      httpHost: '127.0.0.1',
      httpPort: 9464,
      logLevel: 'info',
      queuePrefix: 'sealtrail',
      graceMs: 20_000,
      takeoverMs: 30_000,
    });
    expect(readOnceConfig({ SEALTRAIL_STORE: 'audit.db' })).toMatchObject({ store: 'audit.db' });
    expect(() => readOnceConfig({})).toThrow('SEALTRAIL_STORE is required');
  });

  it('reads every variable', () => {
    const env = {
      SEALTRAIL_STORE: 'mongodb+srv://u:p@example.test/audit',
      REDIS_URL: 'rediss://example.test:6380/2',
      SEALTRAIL_TICK_INTERVAL: '500ms',
      SEALTRAIL_SWEEP_INTERVAL: '0s',
      SEALTRAIL_SEAL_INTERVAL: '0s',
      SEALTRAIL_INDEX: '/var/lib/audit.views',
      SEALTRAIL_LOG_FOLDER: '/var/lib/audit.log',
      SEALTRAIL_KEY_FILES: '/etc/audit/old.key, /etc/audit/new.key',
      SEALTRAIL_POLICY: '/etc/audit/policy',
      SEALTRAIL_SINKS: '/etc/audit/sinks.json',
      SEALTRAIL_PUBLISH_INTERVAL: '2m',
      SEALTRAIL_SINK_PATIENCE: '72h',
      SEALTRAIL_MAX_SEGMENT: '65536',
      SEALTRAIL_MAX_DELAY: '2h',
      SEALTRAIL_CONCURRENCY: '64',
      SEALTRAIL_HTTP_HOST: '::1',
      SEALTRAIL_HTTP_PORT: '0',
      SEALTRAIL_LOG_LEVEL: 'silent',
      SEALTRAIL_QUEUE_PREFIX: 'audit.eu-1',
      SEALTRAIL_GRACE: '0s',
      SEALTRAIL_TAKEOVER: '1m',
    };
    expect(Object.keys(env)).toEqual(VARIABLES.map(({ name }) => name));
    expect(readConfig(env)).toEqual({
      store: 'mongodb+srv://u:p@example.test/audit',
      redisUrl: 'rediss://example.test:6380/2',
      tickMs: 500,
      sweepMs: 0,
      sealMs: 0,
      index: '/var/lib/audit.views',
      logFolder: '/var/lib/audit.log',
      keyFiles: ['/etc/audit/old.key', '/etc/audit/new.key'],
      policyFile: '/etc/audit/policy',
      sinksFile: '/etc/audit/sinks.json',
      publishMs: 120_000,
      sinkPatienceMs: 259_200_000,
      maxSegment: 65_536,
      maxDelayMs: 7_200_000,
      concurrency: 64,
      httpHost: '::1',
      httpPort: 0,
      logLevel: 'silent',
      queuePrefix: 'audit.eu-1',
      graceMs: 0,
      takeoverMs: 60_000,
    });
  });

  it('refuses variables that it does not know, and lists those that it does', () => {
    expect(problems({ ...MINIMAL, SEALTRAIL_TICK: '5s', SEALTRAIL_AAA: '' })).toEqual([
      `unknown: SEALTRAIL_AAA, SEALTRAIL_TICK. Known are: ${VARIABLES.map(({ name }) => name).join(', ')}`,
    ]);
  });

  it.each([
    ['SEALTRAIL_STORE', '', 'is empty'],
    ['SEALTRAIL_STORE', 'postgres://localhost/x', 'mongodb:// URL'],
    ['SEALTRAIL_STORE', ' mongodb://u:secret@localhost/x', 'mongodb:// URL'],
    ['SEALTRAIL_STORE', '"mongodb://u:secret@localhost/x"', 'mongodb:// URL'],
    ['SEALTRAIL_INDEX', "'mongodb://u:secret@localhost/x'", 'mongodb:// URL'],
    ['REDIS_URL', ' redis://u:secret@localhost', 'redis:// or rediss:// URL'],
    ['REDIS_URL', 'localhost:6379', 'redis:// or rediss:// URL'],
    ['REDIS_URL', 'http://localhost', 'redis:// or rediss:// URL'],
    ['REDIS_URL', 'redis://localhost/cache', 'the number of a database'],
    ['REDIS_URL', 'redis://localhost/1/2', 'the number of a database'],
    ['REDIS_URL', 'redis://localhost/-1', 'the number of a database'],
    ['SEALTRAIL_TICK_INTERVAL', '30', 'a time like'],
    ['SEALTRAIL_TICK_INTERVAL', '30 s', 'a time like'],
    ['SEALTRAIL_TICK_INTERVAL', '1e3ms', 'a time like'],
    ['SEALTRAIL_TICK_INTERVAL', '05s', 'a time like'],
    ['SEALTRAIL_TICK_INTERVAL', '-5s', 'a time like'],
    ['SEALTRAIL_TICK_INTERVAL', '99ms', 'from 100ms to 24h'],
    ['SEALTRAIL_TICK_INTERVAL', '25h', 'from 100ms to 24h'],
    ['SEALTRAIL_SWEEP_INTERVAL', '99ms', 'must be 0s, or from 100ms to 24h'],
    ['SEALTRAIL_SWEEP_INTERVAL', '25h', 'from 0s to 24h'],
    ['SEALTRAIL_MAX_SEGMENT', '0', 'from 1 to 65536'],
    ['SEALTRAIL_MAX_SEGMENT', '65537', 'from 1 to 65536'],
    ['SEALTRAIL_MAX_SEGMENT', '0x10', '1 to 65536'],
    ['SEALTRAIL_MAX_SEGMENT', '4096.0', '1 to 65536'],
    ['SEALTRAIL_MAX_SEGMENT', ' 4096', '1 to 65536'],
    ['SEALTRAIL_CONCURRENCY', '65', 'from 1 to 64'],
    ['SEALTRAIL_HTTP_PORT', '65536', 'from 0 to 65535'],
    ['SEALTRAIL_HTTP_HOST', ' ', 'is empty'],
    ['SEALTRAIL_LOG_LEVEL', 'verbose', 'one of debug, info, warn, error, silent'],
    ['SEALTRAIL_QUEUE_PREFIX', 'a:b', 'A-Z a-z 0-9'],
    ['SEALTRAIL_GRACE', '2h', 'from 0s to 1h'],
    ['SEALTRAIL_TAKEOVER', '999ms', 'from 1s to 1h'],
  ])('refuses %s=%j', (name, value, reason) => {
    const [problem, ...others] = problems({ ...MINIMAL, [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} `));
    expect(problem).toContain(reason);
  });

  it('publishes with a folder and a key, or not at all', () => {
    const folder = { SEALTRAIL_LOG_FOLDER: 'log' };
    const keys = { SEALTRAIL_KEY_FILES: 'op.key' };
    expect(readConfig({ ...MINIMAL, ...folder, ...keys })).toMatchObject({
      logFolder: 'log',
      keyFiles: ['op.key'],
    });
    expect(problems({ ...MINIMAL, ...folder })).toEqual([
      expect.stringContaining('SEALTRAIL_KEY_FILES is required'),
    ]);
    expect(problems({ ...MINIMAL, ...keys })).toEqual([
      expect.stringContaining('SEALTRAIL_LOG_FOLDER is required'),
    ]);
    expect(problems({ ...MINIMAL, SEALTRAIL_SINKS: 'sinks.json' })).toEqual([
      expect.stringContaining('SEALTRAIL_SINKS is for publishing'),
    ]);
    expect(problems({ ...MINIMAL, ...folder, SEALTRAIL_KEY_FILES: 'a.key,' })).toEqual([
      'SEALTRAIL_KEY_FILES must not be empty',
    ]);
  });

  it('names everything that is wrong at once, and no value', () => {
    const found = problems({
      REDIS_URL: 'http://:hunter2@localhost',
      SEALTRAIL_GRACE: 'hunter2',
      SEALTRAIL_X: 'hunter2',
    });
    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'unknown:',
      'SEALTRAIL_GRACE',
      'SEALTRAIL_STORE',
      'REDIS_URL',
    ]);
    expect(found.join()).not.toContain('hunter2');
  });
});

describe('configuration as an object', () => {
  it.each([
    [{ store: 'audit.db' }, 'redisUrl is required'],
    [{ store: 'audit.db', redisUrl: 'redis://x', tick: 5 }, 'tick'],
    [{ store: 'audit.db', redisUrl: 'redis://x', tickMs: '30' }, 'tickMs must be from 100ms to 24h'],
    [{ store: 'audit.db', redisUrl: 'redis://x', concurrency: 1.5 }, 'concurrency must be a whole number'],
  ])('refuses %o', (config, reason) => {
    expect(() => createWorker(config as never)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    expect(() => createWorker(config as never)).toThrow(reason);
  });
});

describe('help', () => {
  it('teaches every variable with its default', () => {
    const readme = readFileSync(new URL('../../packages/worker/README.md', import.meta.url), 'utf8');
    for (const { name, fallback = '' } of VARIABLES) {
      expect(helpText()).toContain(`\n  ${name}\n`);
      expect(helpText()).toContain(fallback);
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\| ${fallback} `, 'm'));
    }
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('names defaults that are the real ones', () => {
    const real = readConfig(MINIMAL);
    for (const { key, fallback, parse } of VARIABLES) {
      if (fallback !== undefined) expect(real[key]).toBe(parse(fallback));
    }
  });
});

describe('secrets', () => {
  it('are not shown in a location', () => {
    expect(redactLocation('mongodb://root:hun%40ter2@a:1,b:2/audit?authSource=admin')).toBe(
      'mongodb://[redacted]@a:1,b:2/audit',
    );
    expect(redactLocation('redis://:hunter2@cache:6379/1')).toBe('redis://[redacted]@cache:6379/1');
    expect(redactLocation('redis://cache:6379')).toBe('redis://cache:6379');
    expect(redactLocation('/var/lib/audit?.db')).toBe('/var/lib/audit?.db');
  });

  it('are known in each form in which a message may hold them', () => {
    const secrets = secretsOf(
      'mongodb://root:hun%40ter2@h/x?authMechanismProperties=AWS_SESSION_TOKEN:tok3n&tlsCertificateKeyFilePassword=pa55',
      'redis://:p@ss:w@cache',
      undefined,
    );
    for (const secret of ['hun%40ter2', 'hun@ter2', 'tok3n', 'pa55', 'p@ss:w']) {
      expect(hide(`x ${secret} y`, secrets)).not.toContain(secret);
    }
    expect(hide('h x cache root', secrets)).toBe('h x cache root');
    expect(secretsOf('audit.db', 'redis://cache')).toEqual([]);
  });

  it('are hidden wherever they are in what is logged', () => {
    const recorder = new Recorder();
    const secrets = secretsOf('redis://:hunter2@cache');
    const cause = Object.assign(new Error('AUTH hunter2 failed'), { code: 'E_hunter2' });
    redacting(recorder, secrets).error(
      {
        error: new Error('outer', { cause }),
        list: ['hunter2', { deep: 'a hunter2 b' }],
        port: 6379,
        none: null,
      },
      'could not use hunter2',
    );
    const [line] = recorder.lines;
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(line).toMatchObject({
      message: 'could not use [redacted]',
      fields: { list: ['[redacted]', { deep: 'a [redacted] b' }], port: 6379, none: null },
    });
    expect(line?.fields['error']).toMatchObject({
      message: 'outer',
      cause: { message: 'AUTH [redacted] failed' },
    });
  });

  it('do not trip over what nests without end', () => {
    const round: Record<string, unknown> = {};
    round['self'] = round;
    expect(JSON.stringify(redact(round, []))).toContain('[deep]');
  });
});
