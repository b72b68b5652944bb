// @ts-check
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAuditLogger } from 'aquaman-core/audit';
import { EDITED, lineChanges, named, readLines } from './peer.mjs';

const FILE = 'current.jsonl';

/** @type {import('./peer.mjs').Peer} */
export const aquaman = {
  id: 'aquaman',
  short: 'aquaman-core',
  name: named('aquaman-core'),
  forms: [
    { name: 'default: lines of a file, not waiting for the disk', durable: false },
    { name: 'fsynced by its user', durable: true },
  ],
  what: '`createAuditLogger` and `logToolCall`: each entry is a line of a file, written twice (first to a second file, for crashes), neither brought to the disk.',
  unchecked:
    'the end; whether entries were ever there (no file is a valid log); archives after `rotateLog`; who wrote them (no key)',
  ahead: {
    append: 'it does not wait for the disk: what it acknowledged can be gone after a power cut',
    verify:
      'it reads the whole file into memory and hashes each line once, with its link: no canonical form, no heads, no anchors, no sealed values',
  },
  append: async (folder, drafts, { durable }) => {
    const log = createAuditLogger({ logDir: folder });
    await log.initialize();
    const file = openSync(join(folder, FILE), 'a');
    for (const { type, actor, ...rest } of drafts) {
      await log.logToolCall(actor.session_id ?? 'none', actor.id, type, { actor, ...rest });
      if (durable) fsyncSync(file);
    }
    closeSync(file);
  },
  verify: async (folder) => (await createAuditLogger({ logDir: folder }).verifyIntegrity()).valid,
  count: async (folder) => readLines(join(folder, FILE)).length,
  changes: {
    ...lineChanges(FILE),
    // A line is hashed as a whole.
    metadata: undefined,
    rewrite: async (folder) => {
      const rows = readLines(join(folder, FILE)).map((line) => JSON.parse(line.replace(...EDITED)));
      rmSync(join(folder, FILE));
      const log = createAuditLogger({ logDir: folder });
      for (const { sessionId, agentId, data } of rows)
        await log.logToolCall(sessionId, agentId, data.tool, data.params);
    },
  },
};
