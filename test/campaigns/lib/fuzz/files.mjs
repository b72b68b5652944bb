// @ts-check
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isSealtrailError } from '@sealtrail/format';
import {
  anchorTenant,
  evidenceText,
  exportBundle,
  Log,
  openStore,
  proveHistory,
  sealTenants,
} from '@sealtrail/store';
import { openSource, readEvidence, verifyAll, verifyEvidence } from '@sealtrail/verifier';
import { seededFor } from '../random.mjs';
import { mutate } from './mutate.mjs';

/** Room for the longest line that a bundle may have, and for garbage that is not collected yet. */
const MAX_GROWTH_MB = 400;
const RECORD = { type: 'contact', id: 'c-1' };

/**
 * Whole files, broken in ways of files: bytes turned, cut off, joined, repeated, packed anew, and bombs. Whoever opens one gets a
 * report or a refusal with a code, and a verdict of "valid" only for the log that was there.
 *
 * @param {import('./parts.mjs').Options} options `cases` is for each kind of file
 */
export async function fuzzFiles({ cases, seed, from = 0, onWhere = () => {}, onCase = () => {} }) {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-fuzz-files-'));
  /** @type {{ cases: number, taken: number, codes: Record<string, number>, problems: string[] }} */
  const outcome = { cases: 0, taken: 0, codes: {}, problems: [] };
  try {
    const made = await makeFiles(folder);
    const memory = process.memoryUsage().rss;
    for (const [name, { bytes, read, change }] of Object.entries(made)) {
      const known = await read(await written(folder, name, bytes));
      onWhere(name);
      for (let i = from; i < cases && outcome.problems.length < 10; i++) {
        onCase(i);
        const changed = change(bytes, seededFor(seed, name, i));
        const path = await written(folder, name, changed);
        const told = `${name}, seed ${seed}, case ${i}`;
        outcome.cases++;
        const verdict = await verdictOf(read, path);
        if (verdict === known || verdict.startsWith('valid')) outcome.taken++;
        else {
          const code = verdict.split(/[: ]/, 1)[0] ?? '';
          outcome.codes[code] = (outcome.codes[code] ?? 0) + 1;
          if (code === 'problem') outcome.problems.push(`${told}: ${verdict}`);
        }
        // A prefix of a log is one, too: without a head from outside it can be valid, and then it says how long it is.
        if (verdict.startsWith('valid') && verdict !== known && !isPart(known, verdict))
          outcome.problems.push(`${told}: ${verdict}, but it was ${known}`);
      }
    }
    const grown = (process.memoryUsage().rss - memory) / 1_048_576;
    if (grown > MAX_GROWTH_MB) outcome.problems.push(`memory grew by ${Math.round(grown)} MB, seed ${seed}`);
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} known
 * @param {string} verdict
 */
function isPart(known, verdict) {
  const [, ...hashes] = verdict.split(' ');
  const all = new Set(known.split(' '));
  return hashes.every((hash) => all.has(hash));
}

/**
 * @param {(path: string) => Promise<string>} read
 * @param {string} path
 */
async function verdictOf(read, path) {
  try {
    return await read(path);
  } catch (error) {
    return isSealtrailError(error) ? error.code : `problem: ${error instanceof Error ? error.stack : error}`;
  }
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {Uint8Array} bytes
 */
async function written(folder, name, bytes) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** @param {string} path */
async function readLog(path) {
  const source = await openSource(path);
  /** @type {string[]} */
  const found = [];
  try {
    const { status } = await verifyAll(source, {
      onTenant: ({ last }) => void found.push(last?.hash ?? 'none'),
    });
    return `${status} ${found.join(' ')}`;
  } finally {
    await source.close();
  }
}

/** @param {string} path */
async function readEvidenceFile(path) {
  const { status, record, entries } = verifyEvidence(await readEvidence(path));
  return [status, `${record?.type}/${record?.id}`, ...entries.map(({ hash }) => hash)].join(' ');
}

/** @param {string} folder */
async function makeFiles(folder) {
  const path = join(folder, 'made.db');
  const store = await openStore(path);
  const log = new Log(store);
  for (let i = 0; i < 24; i++)
    await log.append('acme', {
      type: 'note.added',
      actor: { type: 'user', id: 'u-1' },
      targets: [RECORD],
      sealed: { text: `n ${i}` },
    });
  await log.close();
  await anchorTenant(store, 'acme', { maxSegment: 8 });
  await sealTenants(store);
  const evidence = await joined(
    evidenceText(store, await proveHistory(store, 'acme', RECORD), { disclose: 'all' }),
  );
  await store.close();
  const lines = await exported(path);
  const texts = (/** @type {Uint8Array} */ bytes, /** @type {() => number} */ random) =>
    random() < 0.7 ? asText(bytes, random) : asBytes(bytes, random);
  const packed = (/** @type {Uint8Array} */ bytes, /** @type {() => number} */ random) =>
    packedAnew(bytes, lines, random);
  return {
    'log.jsonl': { bytes: lines, read: readLog, change: texts },
    'log.jsonl.gz': { bytes: new Uint8Array(gzipSync(lines)), read: readLog, change: packed },
    'evidence.jsonl': { bytes: evidence, read: readEvidenceFile, change: texts },
    'log.db': { bytes: new Uint8Array(await readFile(path)), read: readLog, change: asBytes },
  };
}

/** @param {string} path */
async function exported(path) {
  const source = await openSource(path);
  /** @type {string[]} */
  const chunks = [];
  try {
    await exportBundle(source, async (chunk) => void chunks.push(chunk), {
      tenants: ['acme'],
      time: '2026-11-23T00:00:00.000Z',
    });
  } finally {
    await source.close();
  }
  return new Uint8Array(Buffer.from(chunks.join('')));
}

/** @param {AsyncIterable<string>} chunks */
async function joined(chunks) {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return new Uint8Array(Buffer.from(text));
}

/**
 * @param {Uint8Array} bytes
 * @param {() => number} random
 */
function asText(bytes, random) {
  const text = Buffer.from(bytes).toString('latin1');
  return new Uint8Array(Buffer.from(mutate(text, [text], random), 'latin1'));
}

/**
 * @param {Uint8Array} bytes
 * @param {() => number} random
 * @returns {Uint8Array}
 */
function asBytes(bytes, random) {
  const at = Math.floor(random() * bytes.length);
  const changed = new Uint8Array(bytes);
  switch (Math.floor(random() * 5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return new Uint8Array(Buffer.concat([bytes, bytes.subarray(at)]));
    case 2:
      return changed.copyWithin(at, Math.floor(random() * bytes.length), Math.floor(random() * bytes.length));
    case 3:
      return changed.fill(random() < 0.5 ? 0 : 255, at, at + Math.floor(random() ** 3 * 5_000));
    default:
      for (let i = Math.floor(random() * random() * 20); i >= 0; i--) {
        const place = Math.floor(random() * bytes.length);
        changed[place] = /** @type {number} */ (changed[place]) ^ (1 << Math.floor(random() * 8));
      }
      return changed;
  }
}

/**
 * Broken packages, packages of broken texts, several in one file, and a few kilobytes that unpack to many megabytes.
 *
 * @param {Uint8Array} bytes
 * @param {Uint8Array} lines
 * @param {() => number} random
 */
function packedAnew(bytes, lines, random) {
  const chance = random();
  if (chance < 0.5) return asBytes(bytes, random);
  if (chance < 0.9) return new Uint8Array(gzipSync(asText(lines, random)));
  if (chance < 0.95) return new Uint8Array(Buffer.concat([bytes, bytes]));
  // One line without an end; or a great many lines of nothing.
  const bomb = Buffer.alloc(64 * 1_048_576, random() < 0.5 ? 'a' : '\n');
  return new Uint8Array(Buffer.concat([gzipSync(lines.subarray(0, lines.length >> 1)), gzipSync(bomb)]));
}
