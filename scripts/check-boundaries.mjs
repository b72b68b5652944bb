// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './bootstrap.mjs';

const BUILTINS = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const QUEUES = ['ioredis', 'bullmq'];
const DRIVERS = ['libsql', 'mongodb', ...QUEUES];
const FRAMEWORKS = ['ai', '@openai/agents', '@langchain/', 'langchain', '@modelcontextprotocol/', '@ag-ui/'];
const TIMESTAMPS = ['pkijs', 'asn1js'];
const FORMAT_NEEDS = ['zod', '@noble/hashes'];

/** The packages that each may be built on: those above it in the picture of docs/design.md. */
const BUILT_ON = {
  format: [],
  events: ['format'],
  tlog: ['format'],
  timestamp: ['format'],
  verifier: ['format', 'tlog', 'timestamp'],
  store: ['format', 'tlog', 'timestamp', 'verifier'],
  views: ['format', 'events', 'tlog', 'timestamp', 'verifier', 'store'],
  publisher: ['format', 'tlog', 'timestamp', 'verifier', 'store'],
  sdk: ['format', 'events', 'tlog', 'timestamp', 'verifier', 'store'],
  worker: ['format', 'events', 'tlog', 'timestamp', 'verifier', 'store', 'views', 'publisher'],
  service: ['format', 'events', 'tlog', 'timestamp', 'verifier', 'store', 'views', 'publisher'],
  cli: [
    ...['format', 'events', 'tlog', 'timestamp', 'verifier', 'store', 'views', 'publisher', 'sdk', 'service'],
  ],
  console: ['format', 'tlog', 'verifier'],
};

/**
 * What an entry point reaches without being asked to load more. In a browser that is nothing of Node's and no driver.
 *
 * @typedef {object} Rule
 * @property {string} name
 * @property {keyof typeof BUILT_ON} of the package
 * @property {string} entry
 * @property {'browser'} [platform] Node without it
 * @property {readonly string[]} [only] all that it may reach
 * @property {readonly string[]} [never] what it must not reach
 */

/** @type {Rule[]} */
const RULES = [
  {
    name: 'the format does no I/O (only node:crypto for hashing)',
    of: 'format',
    entry: 'dist/index.js',
    only: [...FORMAT_NEEDS, 'node:crypto'],
  },
  {
    name: 'the format runs in a browser',
    of: 'format',
    entry: 'dist/index.js',
    platform: 'browser',
    only: FORMAT_NEEDS,
  },
  { name: 'events are pure', of: 'events', entry: 'dist/index.js', platform: 'browser' },
  { name: 'tlog is pure', of: 'tlog', entry: 'dist/index.js', platform: 'browser' },
  {
    name: 'time-stamps do no I/O',
    of: 'timestamp',
    entry: 'dist/index.js',
    only: [...FORMAT_NEEDS, ...TIMESTAMPS, '@sealtrail/format', 'node:crypto'],
  },
  ...['index', 'readers/bundle', 'readers/sqlite', 'readers/mongodb', 'cli/index', 'cli/main'].map(
    (entry) => ({
      name: 'the verifier reaches no database, and time-stamps only where there is one',
      of: /** @type {const} */ ('verifier'),
      entry: `dist/${entry}.js`,
      never: [...DRIVERS, ...TIMESTAMPS],
    }),
  ),
  {
    name: "the verifier's door for streams runs in a browser",
    of: 'verifier',
    entry: 'dist/stream.js',
    platform: 'browser',
  },
  { name: 'the store opens databases when asked', of: 'store', entry: 'dist/index.js', never: DRIVERS },
  {
    name: 'a SQLite store needs no server',
    of: 'store',
    entry: 'dist/sqlite/store.js',
    never: ['mongodb', ...QUEUES],
  },
  {
    name: 'a MongoDB store needs no SQLite',
    of: 'store',
    entry: 'dist/mongodb/store.js',
    never: ['libsql', ...QUEUES],
  },
  { name: 'views open databases when asked', of: 'views', entry: 'dist/index.js', never: DRIVERS },
  {
    name: 'what became of a proposal is put together in a browser as well',
    of: 'views',
    entry: 'dist/incident-proposal.js',
    platform: 'browser',
  },
  { name: 'exports need no database', of: 'views', entry: 'dist/export/index.js', never: DRIVERS },
  {
    name: 'the publisher needs no server',
    of: 'publisher',
    entry: 'dist/index.js',
    never: ['mongodb', ...QUEUES],
  },
  {
    name: 'the SDK needs no framework',
    of: 'sdk',
    entry: 'dist/index.js',
    never: [...DRIVERS, ...FRAMEWORKS],
  },
  adapter('ai-sdk', ['ai']),
  adapter('openai-agents', ['@openai/agents']),
  adapter('langchain', ['@langchain/', 'langchain']),
  adapter('mcp', ['@modelcontextprotocol/']),
  adapter('ag-ui', ['@ag-ui/']),
  { name: 'anchoring inline needs no queue', of: 'worker', entry: 'dist/inline/index.js', never: DRIVERS },
  ...['index', 'main'].map((entry) => ({
    name: 'the worker needs no MongoDB for a SQLite store',
    of: /** @type {const} */ ('worker'),
    entry: `dist/${entry}.js`,
    never: ['mongodb'],
  })),
  ...['index', 'node'].map((entry) => ({
    name: 'the service opens databases when asked, and needs no queue',
    of: /** @type {const} */ ('service'),
    entry: `dist/${entry}.js`,
    never: DRIVERS,
  })),
  {
    name: 'the command needs no server, and loads the service for its console alone',
    of: 'cli',
    entry: 'dist/main.js',
    never: ['mongodb', ...QUEUES, ...FRAMEWORKS, '@sealtrail/service', 'hono'],
  },
  {
    name: 'imports open databases when asked',
    of: 'cli',
    entry: 'dist/import/index.js',
    never: [...DRIVERS, ...FRAMEWORKS, '@sealtrail/service'],
  },
  {
    name: 'the check in the browser is the verifier alone',
    of: 'console',
    entry: 'src/integrity/check.worker.ts',
    platform: 'browser',
    only: [
      ...FORMAT_NEEDS,
      ...['@sealtrail/format', '@sealtrail/tlog', '@sealtrail/verifier/stream'],
      ...['@noble/curves/ed25519.js', '@scure/base'],
    ],
  },
  {
    name: 'the console asks the service, and reaches no store',
    of: 'console',
    entry: 'src/main.tsx',
    platform: 'browser',
  },
];

/**
 * An adapter brings its own framework and no other.
 *
 * @param {string} name
 * @param {readonly string[]} own
 * @returns {Rule}
 */
function adapter(name, own) {
  return {
    name: `the adapter ${name} needs no other framework`,
    of: 'sdk',
    entry: `dist/adapters/${name}/index.js`,
    never: [...DRIVERS, ...FRAMEWORKS.filter((framework) => !own.includes(framework))],
  };
}

/**
 * Bundles each entry point and looks at what it reaches without being asked to load a driver: a dynamic import is a
 * deliberate door, a static one is a leak.
 *
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkBoundaries() {
  const ruled = new Set(RULES.map(({ of, entry }) => `packages/${of}/${entry}`));
  const failures = entryPoints()
    .filter((entry) => !ruled.has(entry))
    .map((entry) => `every entry point has a rule of what it reaches: ${entry} has none`);
  for (const rule of RULES) {
    const entry = `packages/${rule.of}/${rule.entry}`;
    const reached = await staticImports(join(root, entry), rule.platform ?? 'node');
    const leaks = [...reached].filter((path) => isLeak(path, rule));
    if (leaks.length > 0) failures.push(`${rule.name}: ${entry} imports ${leaks.join(', ')}`);
  }
  return failures;
}

/** What the packages export to others, and the commands that they install. */
function entryPoints() {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const text = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
    /** @type {{ exports: Record<string, string | { default: string }>, bin?: Record<string, string> }} */
    const { exports, bin = {} } = JSON.parse(text);
    // A plain text is a file that is no module of ours: package.json, the files of the console.
    const modules = Object.values(exports).flatMap((one) => (typeof one === 'string' ? [] : one.default));
    return [...modules, ...Object.values(bin)].map((path) => join('packages', name, path));
  });
}

/**
 * @param {string} path
 * @param {Rule} rule
 */
function isLeak(path, { of, platform, only, never = [] }) {
  const own = /^@sealtrail\/([^/]+)/.exec(path)?.[1];
  if (own !== undefined && own !== of && !(/** @type {string[]} */ (BUILT_ON[of]).includes(own))) return true;
  if (platform === 'browser' && (BUILTINS.has(path) || isOf(path, DRIVERS))) return true;
  return only === undefined ? isOf(path, never) : !isOf(path, only);
}

/**
 * Whether a module is of one of these packages, or of a package in one of these scopes.
 *
 * @param {string} path
 * @param {readonly string[]} names
 */
function isOf(path, names) {
  return names.some((name) => path === name || path.startsWith(name.endsWith('/') ? name : `${name}/`));
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
