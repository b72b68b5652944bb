// @ts-check
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anchorTenant, Log, openStore, sealTenants } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { seededFor } from '../random.mjs';
import { mutate } from './mutate.mjs';

const MAIN = {
  sealtrail: fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url)),
  'sealtrail-verify': fileURLToPath(
    new URL('../../../../packages/verifier/dist/cli/main.js', import.meta.url),
  ),
  'sealtrail-worker': fileURLToPath(new URL('../../../../packages/worker/dist/main.js', import.meta.url)),
};
/** What a command that serves is given before it is asked to end. */
const SERVING_MS = 3_000;
/** And before its end is called a hang. */
const HANG_MS = 20_000;
const CODES = [0, 1, 2];

/** Names within the folder that commands run in; no absolute ones, so that nothing outside it is written. */
const VALUES = [
  ...['log.db', 'log.jsonl', 'none.db', 'folder', 'out.jsonl', 'key', 'garbage', 'empty', '.', '-', ''],
  ...['acme', 'beta', 'contact/c-1', 'user/u-1', 'u-1', 'jsonl', 'csv', 'bundle', 'why', 'x'.repeat(300)],
  ...[
    '0',
    '1',
    '5',
    '-1',
    '4096',
    '1e3',
    '0-3',
    '3-0',
    '1,2',
    '9007199254740993',
    '30d',
    'P1Y',
    '2026-01-01T00:00:00.000Z',
  ],
  ...[
    '2026-11-23',
    `5:${'0'.repeat(64)}`,
    '0'.repeat(64),
    'é',
    '🔏',
    '--',
    '\n',
    'http://127.0.0.1:1/',
    '127.0.0.1:0',
  ],
];

/** What fits, by what the help calls it. @type {Readonly<Record<string, readonly string[]>>} */
const FITTING = {
  name: ['acme', 'beta', 'log.example'],
  id: ['u-1', 'acme', 'none'],
  'type/id': ['contact/c-1', 'user/u-1'],
  n: ['1', '5', '4096'],
  number: ['1', '5', '0'],
  numbers: ['0', '0-1', '0,1'],
  position: ['0', '2', '99'],
  file: ['out.jsonl', 'key', 'log.jsonl', 'garbage'],
  folder: ['folder', 'published'],
  store: ['log.db'],
  location: ['log.db'],
  format: ['bundle', 'csv', 'jsonl', 'json'],
  time: ['2026-01-01T00:00:00.000Z', '2036-01-01T00:00:00.000Z'],
  text: ['why', 'they asked'],
  address: ['127.0.0.1'],
  field: ['text'],
};

/**
 * Command lines made of the commands' own help: options that there are, with and without their values, and some that there are not.
 * Every one ends by itself or when it is asked to, with a code that is documented and no stack of calls; with --json it prints JSON.
 *
 * @param {import('./parts.mjs').Options} options
 */
export async function fuzzCommands({ cases, seed, from = 0, onCase = () => {} }) {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-fuzz-commands-'));
  /** @type {{ cases: number, taken: number, codes: Record<string, number>, problems: string[] }} */
  const outcome = { cases: 0, taken: 0, codes: {}, problems: [] };
  try {
    await makeFolder(join(folder, 'fresh'));
    const commands = await commandsOf(folder);
    const make = (/** @type {number} */ i) => {
      const random = seededFor(seed, 'commands', i);
      const command = /** @type {Command} */ (commands[Math.floor(random() * commands.length)]);
      return { command, args: argsFor(command, random) };
    };
    let at = from;
    // Two at once: most of each is the start of a process.
    const work = async (/** @type {string} */ place) => {
      let runs = 0;
      while (at < cases && outcome.problems.length < 10) {
        const i = at++;
        onCase(i);
        const { command, args } = make(i);
        if (runs++ % 25 === 0) {
          await rm(place, { recursive: true, force: true });
          await cp(join(folder, 'fresh'), place, { recursive: true });
        }
        const run = await runIn(place, command, args);
        outcome.cases++;
        if (run.code === 0) outcome.taken++;
        else outcome.codes[`exit ${run.code}`] = (outcome.codes[`exit ${run.code}`] ?? 0) + 1;
        const problem = problemOf(run, args) ?? (await logProblem(place));
        if (problem !== undefined)
          outcome.problems.push(
            `${command.bin} ${JSON.stringify([...command.words, ...args])}, seed ${seed}, case ${i}: ${problem}`,
          );
      }
    };
    await Promise.all([work(join(folder, 'a')), work(join(folder, 'b'))]);
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @typedef {{ readonly bin: keyof typeof MAIN, readonly words: readonly string[], readonly options: readonly { name: string, takes: boolean, what: string }[],
 *   readonly positions: number }} Command */

/** Every command, as its help describes it. @param {string} folder @returns {Promise<Command[]>} */
async function commandsOf(folder) {
  /** @type {Command[]} */
  const found = [];
  /** @type {(bin: keyof typeof MAIN, words: readonly string[]) => Promise<void>} */
  const look = async (bin, words) => {
    const { stdout } = await runIn(folder, { bin, words, options: [], positions: 0 }, ['--help']);
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)(?: [<[]([^>\]]*))?/gm)].map(
      ([, name, what]) => ({
        name: /** @type {string} */ (name),
        takes: what !== undefined,
        what: what ?? '',
      }),
    );
    const positions = [...(stdout.match(/^Usage: .*$/m)?.[0] ?? '').matchAll(/<\w+>/g)].length;
    const under = [...(stdout.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm)].map(
      ([, name]) => name,
    );
    const names = under.filter((name) => name !== undefined && name !== 'help');
    if (names.length === 0) found.push({ bin, words, options, positions });
    for (const name of names) await look(bin, [...words, /** @type {string} */ (name)]);
  };
  for (const bin of /** @type {(keyof typeof MAIN)[]} */ (Object.keys(MAIN))) await look(bin, []);
  return found;
}

/**
 * @param {Command} command
 * @param {() => number} random
 */
function argsFor({ options, positions }, random) {
  const pick = (/** @type {readonly string[]} */ list) =>
    /** @type {string} */ (list[Math.floor(random() * list.length)]);
  const value = (what = '') => {
    const fitting = FITTING[what];
    if (fitting !== undefined && random() < 0.85) return pick(fitting);
    return random() < 0.15 ? local(mutate(pick(VALUES), VALUES, random)) : pick(VALUES);
  };
  const args = [];
  const most = random() < 0.1 ? 3 : positions;
  // Mostly the store that is there: other files are refused at once.
  for (let i = 0; i < most; i++)
    args.push(i === 0 && random() < 0.7 ? pick(['log.db', 'log.jsonl', 'log.db']) : value());
  for (const { name, takes, what } of options) {
    if (name === '--help' || name === '--version' || random() > (what === '' ? 0.3 : 0.4)) continue;
    args.push(name);
    if (random() < 0.97 === takes) args.push(value(what));
  }
  if (random() < 0.05) args.push(local(mutate('--option', VALUES, random)));
  return args;
}

/** Without what no argument can hold, and nothing outside the folder. @param {string} text */
function local(text) {
  return text
    .toWellFormed()
    .replaceAll('\u0000', '')
    .replace(/\.\.|^[/~]+|\/(?=\/)/g, '');
}

/**
 * @param {string} cwd
 * @param {Command} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string, hung: boolean }>}
 */
function runIn(cwd, { bin, words }, args) {
  return new Promise((resolve, reject) => {
    // Nothing of the caller's environment: a worker must not find the servers of the tests.
    const child = spawn(process.execPath, [MAIN[bin], ...words, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd },
    });
    let stdout = '';
    let stderr = '';
    let hung = false;
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout = (stdout + text).slice(-1_000_000)));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-100_000)));
    child.stdin.on('error', () => {});
    child.stdin.end('{"type":"note.added","actor":{"type":"user","id":"u-1"}}\nnonsense\n');
    const ask = setTimeout(() => child.kill('SIGTERM'), SERVING_MS);
    const kill = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, HANG_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(ask);
      clearTimeout(kill);
      resolve({ code, signal, stdout, stderr, hung });
    });
  });
}

/**
 * @param {Awaited<ReturnType<typeof runIn>>} run
 * @param {readonly string[]} args
 */
function problemOf({ code, signal, stdout, stderr, hung }, args) {
  if (hung) return 'did not end';
  // A command that serves nothing may be ended at once; one that was ended by a signal for any other reason has crashed.
  if (code === null && signal !== 'SIGTERM') return `ended by ${signal}: ${stderr.slice(-500)}`;
  if (code !== null && !CODES.includes(code)) return `exit code ${code}: ${stderr.slice(-500)}`;
  if (/^\s+at .+:\d+:\d+\)?$/m.test(stderr) || /\(node:\d+\)/.test(stderr))
    return `stderr: ${stderr.slice(0, 800)}`;
  if (code !== 0 && code !== null && stderr === '' && stdout === '')
    return `exit code ${code} without a word`;
  // Whatever asks for JSON gets nothing else on standard output, whether or not it went well.
  if (args.includes('--json') && !args.includes('--') && stdout.trim() !== '' && !isJson(stdout))
    return `not JSON: ${stdout.slice(0, 300)}`;
  return undefined;
}

/** @param {string} text */
function isJson(text) {
  const parses = (/** @type {string} */ part) => {
    try {
      JSON.parse(part);
      return true;
    } catch {
      return false;
    }
  };
  return parses(text) || text.trim().split('\n').every(parses);
}

/** Whatever was asked, the log stays one. @param {string} place */
async function logProblem(place) {
  try {
    const source = await openSource(join(place, 'log.db'));
    try {
      const { status, summary } = await verifyAll(source);
      return status === 'valid' ? undefined : summary;
    } finally {
      await source.close();
    }
  } catch (error) {
    return String(error);
  }
}

/** @param {string} folder */
async function makeFolder(folder) {
  await mkdir(join(folder, 'folder'), { recursive: true });
  await writeFile(join(folder, 'garbage'), 'neither one nor the other\n');
  await writeFile(join(folder, 'empty'), '');
  const path = join(folder, 'log.db');
  const store = await openStore(path);
  const log = new Log(store);
  for (let i = 0; i < 12; i++)
    await log.append(i % 3 === 0 ? 'beta' : 'acme', {
      type: 'note.added',
      actor: { type: 'user', id: 'u-1' },
      targets: [{ type: 'contact', id: 'c-1' }],
      sealed: { text: `n ${i}` },
    });
  await log.close();
  await anchorTenant(store, 'acme', { maxSegment: 4 });
  await sealTenants(store);
  await store.close();
  await runIn(folder, { bin: 'sealtrail', words: ['export'], options: [], positions: 1 }, [
    'log.db',
    '--out',
    'log.jsonl',
  ]);
}
