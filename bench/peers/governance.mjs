// @ts-check
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogger } from '@microsoft/agent-governance-sdk';
import { EDITED, lineChanges, named, readLines, writeLines } from './peer.mjs';

const FILE = 'audit.jsonl';

/** @param {import('./peer.mjs').Draft} draft */
const entryOf = (draft) => ({
  agentId: draft.actor.id,
  // It has three fields. The whole draft in one of them keeps the input the same for all.
  action: JSON.stringify(draft),
  decision: /** @type {const} */ ('allow'),
});

/** @type {import('./peer.mjs').Peer} */
export const governance = {
  id: 'governance',
  short: 'agent-governance-sdk',
  name: named('@microsoft/agent-governance-sdk'),
  forms: [
    { name: 'default: a list in memory', durable: false },
    { name: 'each entry a line, fsynced by its user', durable: true },
  ],
  what: '`AuditLogger`: a list in memory, the newest 10,000 entries unless told otherwise, with three fields each. It has no storage and no way to read stored entries back; here its user writes lines, and puts them back into its list to verify.',
  unchecked:
    'any field beside its five; the end; whether entries were ever there; who wrote them (no key). Entries beyond its limit are dropped.',
  ahead: {
    append: 'nothing is stored: after the process ends there is no log',
    verify:
      'five fields, one hash and one link for each entry, and nothing else: no canonical form, no heads, no anchors, no sealed values',
  },
  append: async (folder, drafts, { durable }) => {
    const log = new AuditLogger({ maxEntries: drafts.length + 1 });
    if (!durable) {
      for (const draft of drafts) log.log(entryOf(draft));
      // So that there is something to verify; what an append costs is over.
      return () =>
        writeLines(
          join(folder, FILE),
          log.getEntries().map((entry) => JSON.stringify(entry)),
        );
    }
    const file = openSync(join(folder, FILE), 'a');
    for (const draft of drafts) {
      writeSync(file, `${JSON.stringify(log.log(entryOf(draft)))}\n`);
      fsyncSync(file);
    }
    closeSync(file);
    return undefined;
  },
  verify: async (folder) => {
    const rows = readLines(join(folder, FILE)).map((line) => JSON.parse(line));
    const log = new AuditLogger({ maxEntries: rows.length + 1 });
    /** @type {any} */ (log).entries = rows;
    return log.verify();
  },
  count: async (folder) => readLines(join(folder, FILE)).length,
  changes: {
    ...lineChanges(FILE),
    metadata: (folder) => {
      const path = join(folder, FILE);
      const rows = readLines(path);
      writeLines(path, rows.with(5, (rows[5] ?? '').replace('{', '{"approved_by":"somebody",')));
    },
    rewrite: (folder) => {
      const path = join(folder, FILE);
      const log = new AuditLogger();
      for (const line of readLines(path)) log.log(JSON.parse(line.replace(...EDITED)));
      writeLines(
        path,
        log.getEntries().map((entry) => JSON.stringify(entry)),
      );
    },
  },
};
