// @ts-check
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogger } from '@microsoft/agent-governance-sdk';

// It keeps entries in memory, the newest 10,000 of them unless told otherwise, and hashes who did what and with which decision. Durable
// is what its user makes of it: here each entry is a line of a file, brought to the disk before the next.

const FILE = 'audit.jsonl';

/** @type {import('./run.mjs').Peer} */
export const governance = {
  name: '@microsoft/agent-governance-sdk 4.0.0',
  form: 'AuditLogger, each entry written as a line by its user and fsynced',
  // Its log is a list in memory: two processes have two logs.
  processes: 'no: each has a log of its own',
  append: async (folder, entries) => {
    const log = new AuditLogger({ maxEntries: entries.length + 1 });
    const file = openSync(join(folder, FILE), 'a');
    for (const { agent, action, decision } of entries) {
      const entry = log.log({ agentId: agent, action, decision: decision === 'approved' ? 'allow' : 'deny' });
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    }
    closeSync(file);
  },
  verify: async (folder) => {
    const rows = lines(folder).map((line) => JSON.parse(line));
    const log = new AuditLogger({ maxEntries: rows.length + 1 });
    // There is no way in for stored entries but the list itself.
    /** @type {any} */ (log).entries = rows;
    return log.verify();
  },
  tamper: {
    'a field changed': (folder) =>
      change(folder, (rows) =>
        rows.with(5, rows[5].replace('"allow"', '"deny"').replace('"action":"', '"action":"x')),
      ),
    'a row deleted': (folder) => change(folder, (rows) => rows.toSpliced(5, 1)),
    'rows exchanged': (folder) => change(folder, (rows) => rows.with(5, rows[6]).with(6, rows[5])),
    'the end cut off': (folder) => change(folder, (rows) => rows.slice(0, -3)),
    'a field added': (folder) =>
      change(folder, (rows) => rows.with(5, rows[5].replace('{', '{"approved_by":"somebody",'))),
    'all hashed anew': async (folder) => {
      const log = new AuditLogger({ maxEntries: 100_000 });
      for (const line of lines(folder)) log.log({ ...JSON.parse(line), action: 'another' });
      writeFileSync(
        join(folder, FILE),
        log
          .getEntries()
          .map((entry) => `${JSON.stringify(entry)}\n`)
          .join(''),
      );
    },
  },
};

/** @param {string} folder */
function lines(folder) {
  return readFileSync(join(folder, FILE), 'utf8').trimEnd().split('\n');
}

/**
 * @param {string} folder
 * @param {(rows: string[]) => string[]} how
 */
async function change(folder, how) {
  writeFileSync(join(folder, FILE), `${how(lines(folder)).join('\n')}\n`);
}
