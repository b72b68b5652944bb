// @ts-check
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './bootstrap.mjs';

const BUILTINS = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const SERVERS = ['mongodb', 'ioredis', 'bullmq'];

/**
 * Bundles each entry point and looks at what it reaches without being asked to load a driver: a dynamic import is a
 * deliberate door, a static one is a leak.
 *
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkBoundaries() {
  /** @type {{ name: string, entry: string, platform: 'node' | 'browser', forbidden: (path: string) => boolean }[]} */
  const rules = [
    {
      name: 'the format package does no I/O (only node:crypto for hashing)',
      entry: 'packages/format/dist/index.js',
      platform: 'node',
      forbidden: (path) => path !== 'node:crypto' && (BUILTINS.has(path) || !isFormatDependency(path)),
    },
    {
      name: 'the format package runs in a browser',
      entry: 'packages/format/dist/index.js',
      platform: 'browser',
      forbidden: (path) => BUILTINS.has(path),
    },
    {
      name: 'events are pure and run in a browser',
      entry: 'packages/events/dist/index.js',
      platform: 'browser',
      forbidden: (path) => BUILTINS.has(path) || SERVERS.includes(path) || path === 'libsql',
    },
    {
      name: 'tlog is pure and runs in a browser',
      entry: 'packages/tlog/dist/index.js',
      platform: 'browser',
      forbidden: (path) => BUILTINS.has(path) || SERVERS.includes(path) || path === 'libsql',
    },
    {
      name: 'the publisher reaches no queue',
      entry: 'packages/publisher/dist/index.js',
      platform: 'node',
      forbidden: (path) =>
        ['bullmq', 'ioredis', 'mongodb'].includes(path) || isOwn(path, ['sdk', 'views', 'worker', 'cli']),
    },
    {
      name: 'views reach a database only when they are opened, and no queue',
      entry: 'packages/views/dist/index.js',
      platform: 'node',
      forbidden: (path) =>
        SERVERS.includes(path) || path === 'libsql' || isOwn(path, ['sdk', 'worker', 'service', 'cli']),
    },
    {
      name: 'exports of entries reach no database and no queue',
      entry: 'packages/views/dist/export/index.js',
      platform: 'node',
      forbidden: (path) =>
        SERVERS.includes(path) || path === 'libsql' || isOwn(path, ['sdk', 'worker', 'service', 'cli']),
    },
    {
      name: 'the service reaches a database only when it is opened, and no queue',
      entry: 'packages/service/dist/index.js',
      platform: 'node',
      forbidden: (path) =>
        SERVERS.includes(path) || path === 'libsql' || isOwn(path, ['sdk', 'worker', 'cli']),
    },
    {
      name: 'the verifier reaches no database or queue',
      entry: 'packages/verifier/dist/index.js',
      platform: 'node',
      forbidden: (path) =>
        SERVERS.includes(path) ||
        path === 'libsql' ||
        path === 'pkijs' ||
        isOwn(path, ['store', 'publisher', 'sdk', 'worker', 'service', 'cli']),
    },
    {
      name: "the verifier's door for streams runs in a browser",
      entry: 'packages/verifier/dist/stream.js',
      platform: 'browser',
      forbidden: (path) => BUILTINS.has(path) || SERVERS.includes(path) || path === 'libsql',
    },
    {
      name: "the verifier's command line reaches no database or queue",
      entry: 'packages/verifier/dist/cli/main.js',
      platform: 'node',
      forbidden: (path) =>
        SERVERS.includes(path) ||
        path === 'libsql' ||
        path === 'pkijs' ||
        isOwn(path, ['store', 'publisher', 'sdk', 'worker', 'service', 'cli']),
    },
    {
      name: 'the store reaches no queue',
      entry: 'packages/store/dist/index.js',
      platform: 'node',
      forbidden: (path) =>
        ['bullmq', 'ioredis', 'mongodb'].includes(path) ||
        isOwn(path, ['sdk', 'views', 'worker', 'service', 'cli']),
    },
    {
      name: 'the sdk reaches no queue',
      entry: 'packages/sdk/dist/index.js',
      platform: 'node',
      forbidden: (path) =>
        ['bullmq', 'ioredis', 'mongodb'].includes(path) || isOwn(path, ['worker', 'service', 'cli']),
    },
    {
      name: 'anchoring inline reaches no queue',
      entry: 'packages/worker/dist/inline/index.js',
      platform: 'node',
      forbidden: (path) => ['bullmq', 'ioredis', 'mongodb'].includes(path) || isOwn(path, ['sdk', 'cli']),
    },
    {
      name: 'the check in the browser is the verifier alone',
      entry: 'packages/console/src/integrity/check.worker.ts',
      platform: 'browser',
      forbidden: (path) =>
        !isFormatDependency(path) &&
        !['@sealtrail/format', '@sealtrail/tlog', '@sealtrail/verifier/stream'].includes(path) &&
        !['@noble/curves/ed25519.js', '@scure/base'].includes(path),
    },
    {
      name: 'the console asks the service, and reaches no store',
      entry: 'packages/console/src/main.tsx',
      platform: 'browser',
      forbidden: (path) =>
        BUILTINS.has(path) ||
        SERVERS.includes(path) ||
        path === 'libsql' ||
        isOwn(path, ['store', 'service', 'sdk', 'worker', 'cli']),
    },
  ];
  const failures = [];
  for (const rule of rules) {
    const reached = await staticImports(join(root, rule.entry), rule.platform);
    const leaks = [...reached].filter(rule.forbidden);
    if (leaks.length > 0) failures.push(`${rule.name}: ${rule.entry} imports ${leaks.join(', ')}`);
  }
  return failures;
}

/** @param {string} path */
function isFormatDependency(path) {
  return path === 'zod' || path.startsWith('@noble/hashes');
}

/**
 * @param {string} path
 * @param {readonly string[]} names
 */
function isOwn(path, names) {
  return names.some((name) => path === `@sealtrail/${name}` || path.startsWith(`@sealtrail/${name}/`));
}

/**
 * Every module outside our own packages that an entry point imports statically, directly or through our packages.
 *
 * @param {string} entry
 * @param {'node' | 'browser'} platform
 */
async function staticImports(entry, platform) {
  /** @type {Set<string>} */
  const reached = new Set();
  await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform,
    format: 'esm',
    loader: { '.css': 'empty', '.module.css': 'empty' },
    logLevel: 'silent',
    plugins: [
      {
        name: 'outside',
        setup({ onResolve }) {
          onResolve({ filter: /^[^./#]/ }, ({ path, kind }) => {
            if (kind === 'entry-point') return undefined;
            if (kind === 'dynamic-import') return { path, external: true };
            reached.add(path);
            // Our own packages are followed; what others import is their business.
            return path.startsWith('@sealtrail/') ? undefined : { path, external: true };
          });
          // A relative dynamic import is a door too: what lies behind it is loaded only when asked for.
          onResolve({ filter: /^\./ }, ({ path, kind }) =>
            kind === 'dynamic-import' ? { path, external: true } : undefined,
          );
        },
      },
    ],
  });
  return reached;
}
