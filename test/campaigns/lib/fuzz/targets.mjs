// @ts-check
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  canonicalize,
  decodeUtf8,
  EvidenceCollector,
  isCanonical,
  parseCanonical,
  readAnchor,
  readBundleLine,
  readEntry,
  readErased,
  readEvidenceLine,
  readOpenings,
  readRetention,
  readSeal,
  scanEntry,
  scanOpenings,
  unpackHashes,
} from '@sealtrail/format';
import { makeRequest, readResponse, verifyToken } from '@sealtrail/timestamp';
import {
  acceptCheckpoint,
  judgeAddCheckpoint,
  openCheckpoint,
  policyOfKey,
  readAddCheckpoint,
  readNote,
  readPolicy,
  readTlogProof,
  readVkey,
  signerOf,
} from '@sealtrail/tlog';
import { verifyProof } from '@sealtrail/verifier';

const vectors = new URL('../../../../vectors/', import.meta.url);
const file = (/** @type {string} */ name) => readFileSync(new URL(name, vectors), 'utf8');
const log = JSON.parse(file('log.json'));
const tlog = JSON.parse(file('tlog.json'));
const canonical = JSON.parse(file('canonical.json'));
const bundle = file('log.bundle.jsonl').trimEnd().split('\n');
const key = readVkey(tlog.log.vkey);
const bytes = (/** @type {string} */ text) => Buffer.from(text, 'latin1');

/**
 * A parser, with texts that it takes. Whatever it is given, it returns, or throws an error with a code; a round trip that must
 * hold for what it took may throw anything else.
 *
 * @typedef {object} Target
 * @property {readonly string[]} seeds
 * @property {(text: string) => unknown} run
 * @property {typeof import('./mutate.mjs').mutate} [change] other changes than those of texts
 * @property {number} [share] of the cases that the others get, where each takes much longer
 */

/**
 * @param {{ readonly entryProof: string, readonly historyProof: string, readonly evidence: readonly string[] }} made proofs of a
 *   real log
 * @returns {Readonly<Record<string, Target>>}
 */
export function targets({ entryProof, historyProof, evidence }) {
  const entries = log.entries.map((/** @type {{ entry: string }} */ one) => one.entry);
  const openings = log.entries.map((/** @type {{ openings: string }} */ one) => one.openings);
  return {
    canonical: {
      seeds: canonical.encode
        .flatMap((/** @type {{ canonical?: string }} */ one) => one.canonical ?? [])
        .concat(entries),
      run: (text) => {
        // Two ways to the same verdict: recognised in one pass, or parsed and encoded again.
        const recognised = isCanonical(text, 32);
        if (recognised !== reencodes(text))
          throw new Error(`recognised ${recognised}, encoded again otherwise`);
        return parseCanonical(text);
      },
    },
    entry: {
      seeds: entries,
      run: (text) => {
        const entry = readEntry(text);
        scanEntry(text);
        if (canonicalize(entry) !== text) throw new Error('an entry is not its own canonical form');
      },
    },
    retention: {
      seeds: entries.concat(evidence),
      run: (text) => [readErased(text), readRetention(text), readSeal(text)],
    },
    anchor: {
      seeds: log.anchors.map((/** @type {{ anchor: string }} */ one) => one.anchor),
      run: readAnchor,
    },
    openings: {
      seeds: openings,
      run: (text) => {
        scanOpenings(text);
        if (canonicalize(readOpenings(text)) !== text)
          throw new Error('openings are not their own canonical form');
      },
    },
    bundle: { seeds: bundle, run: readBundleLine },
    utf8: { seeds: entries, run: (text) => decodeUtf8(bytes(text)) },
    hashes: { seeds: [Buffer.alloc(96, 7).toString('base64')], run: unpackHashes },
    note: { seeds: [tlog.note.note, ...Object.values(tlog.checkpoint).slice(1)], run: readNote },
    checkpoint: {
      seeds: [tlog.checkpoint.note, tlog.checkpoint.both, tlog.checkpoint.cosigned],
      run: (text) => {
        const { size, root } = openCheckpoint(text, [key]);
        // Nobody but the key's owner makes another checkpoint.
        if (size !== tlog.leaves || root.length !== 64) throw new Error('a forged checkpoint was opened');
      },
    },
    policy: {
      seeds: [
        `log ${tlog.log.vkey}\nwitness a ${tlog.witnesses[0].vkey} https://a/\nwitness b ${tlog.witnesses[1].vkey}\ngroup g 1 a b\nquorum g\n`,
        `log ${tlog.log.vkey}\nquorum none\n`,
      ],
      run: (text) => acceptCheckpoint(tlog.checkpoint.cosigned, readPolicy(text)),
    },
    vkey: { seeds: [tlog.log.vkey, tlog.witnesses[0].vkey], run: readVkey },
    'private key': { seeds: [tlog.log.private], run: signerOf },
    'tlog-proof': { seeds: [tlog.proof.text], run: readTlogProof },
    'add-checkpoint': {
      seeds: [tlog.request.body],
      run: (text) => {
        const answer = judgeAddCheckpoint(text, [key], () => undefined);
        if (answer.status === 200 && answer.cosign.size !== tlog.leaves)
          throw new Error('a forged checkpoint was cosigned');
        readAddCheckpoint(text);
      },
    },
    proof: {
      seeds: [entryProof, historyProof],
      run: (text) => {
        const report = verifyProof(text, { policy: policyOfKey(key) });
        if (report.status === 'valid') throw new Error('a proof was valid under a key that never signed it');
      },
    },
    evidence: {
      seeds: [evidence.join('\n')],
      run: (text) => {
        const collector = new EvidenceCollector();
        for (const line of text.split('\n')) collector.take(readEvidenceLine(line));
        collector.finish();
      },
    },
    timestamp: {
      seeds: [Buffer.from(makeRequest('x').der).toString('latin1'), randomBytes(200).toString('latin1')],
      run: async (text) => {
        await readResponse(bytes(text), 'x', Uint8Array.of(1), undefined).catch(coded);
        await verifyToken(bytes(text), 'x', CERTIFICATE);
      },
    },
  };
}

/** An expired root that signed nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUQ0VSVElGSUNBVEVGT1JURVNUUzAwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----`;

/** @param {string} text */
function reencodes(text) {
  try {
    return canonicalize(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/**
 * Lets an error with a code pass, and no other.
 *
 * @param {unknown} error
 */
export function coded(error) {
  if (error instanceof Error && error.name === 'SealtrailError' && 'code' in error) return error.code;
  throw error;
}
