// @ts-check
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAuditLog } from 'llm-audit-log';
import { EDITED, lineChanges, named, readLines, writeLines } from './peer.mjs';

const FILE = 'audit.jsonl';

/** @param {string} folder */
const open = (folder) =>
  createAuditLog({ storagePath: join(folder, FILE), hmacSecret: 'a secret of the benchmark' });

/** @type {import('./peer.mjs').Peer} */
export const llmAuditLog = {
  id: 'llm-audit-log',
  short: 'llm-audit-log',
  name: named('llm-audit-log'),
  forms: [
    { name: 'default: lines of a file, not waiting for the disk', durable: false },
    { name: 'fsynced by its user', durable: true },
  ],
  what: '`createAuditLog` with a secret (without one it keeps no chain): each entry is a line of a file under an HMAC, not brought to the disk.',
  unchecked:
    'the end; whether entries were ever there; lines that are not JSON (skipped); files before the newest. Once it begins a new file, at 50 MiB, it calls its own untouched log broken. Whoever can verify has the secret, and can write everything anew.',
  ahead: {
    append: 'it does not wait for the disk: what it acknowledged can be gone after a power cut',
    verify:
      'it reads the whole file into memory and computes one HMAC for each line: no heads, no anchors, no sealed values',
  },
  append: async (folder, drafts, { durable }) => {
    const log = open(folder);
    /** @type {number | undefined} */
    let file;
    for (const { type, actor, targets, data, sealed } of drafts) {
      await log.log({
        actor: `${actor.type}:${actor.id}`,
        model: actor.model ?? 'none',
        provider: 'custom',
        input: /** @type {any} */ (data),
        output: /** @type {any} */ (sealed),
        tokens: { input: 0, output: 0 },
        latencyMs: 0,
        metadata: { type, targets, actor },
      });
      file ??= openSync(join(folder, FILE), 'a');
      if (durable) fsyncSync(file);
    }
    if (file !== undefined) closeSync(file);
    await log.close();
  },
  verify: async (folder) => (await open(folder).verify()).valid,
  count: async (folder) => readLines(join(folder, FILE)).length,
  changes: {
    ...lineChanges(FILE),
    metadata: (folder) => {
      const path = join(folder, FILE);
      const rows = readLines(path);
      writeLines(path, rows.with(5, (rows[5] ?? '').replace('{', '{"hmacSeed":"another",')));
    },
    rewrite: async (folder) => {
      const rows = readLines(join(folder, FILE)).map((line) => JSON.parse(line.replace(...EDITED)));
      rmSync(join(folder, FILE));
      const log = open(folder);
      for (const row of rows) await log.log(row);
      await log.close();
    },
  },
};
