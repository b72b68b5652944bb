// @ts-check

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importConversations } from '@sealtrail/cli/import';
import { readPolicyFile, readSinks } from '@sealtrail/publisher';
import { openSealtrail } from '@sealtrail/sdk';
import { Log, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { readConfig } from '@sealtrail/worker';

// Files and variables that are given to a process, and what comes of them in a log.

const tlog = JSON.parse(readFileSync(new URL('../../../../vectors/tlog.json', import.meta.url), 'utf8'));
const samples = new URL('../../../samples/', import.meta.url);
const TIME = '2026-11-30T00:00:00.000Z';
/** What may wait in a spool, and what the log begins with. */
const SPOOLED =
  /^(proposal\.created|decision\.auto_denied|execution\.(started|executed|failed|not_executed|args_mismatch)|record\.changed|log\.started)$/;

const SINKS = {
  sinks: [
    { type: 'directory', name: 'a', path: 'there' },
    { type: 'http', name: 'b', url: 'https://a.example/', tokenVariable: 'TOKEN' },
    { type: 'rfc3161', name: 'c', url: 'http://tsa.example' },
    { type: 'witness', name: 'w', url: 'https://w.example', vkey: tlog.witnesses[0].vkey },
  ],
};
const VARIABLES = [
  'SEALTRAIL_STORE=log.db',
  'REDIS_URL=redis://127.0.0.1:6379/2',
  'SEALTRAIL_TICK_INTERVAL=30s',
  'SEALTRAIL_SWEEP_INTERVAL=1m',
  'SEALTRAIL_SEAL_INTERVAL=0s',
  'SEALTRAIL_INDEX=log.db.views',
].join('\n');
const AGENT = { type: 'agent', id: 'assistant' };
const WAITING = [
  spooled('p-1:created', 'proposal.created', AGENT, { proposal: 'p-1', action: 'update_contact' }),
  spooled('p-1:decision', 'decision.auto_denied', { type: 'system', id: 'sealtrail' }, { proposal: 'p-1' }),
  spooled('change:c-1', 'record.changed', { type: 'user', id: 'u-1' }, { change: 'c-1' }),
];

/**
 * @returns {Promise<{ readonly targets: Readonly<Record<string, import('./targets.mjs').Target>>, readonly remove: () => Promise<void> }>}
 */
export async function inputTargets() {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-fuzz-inputs-'));
  const written = async (/** @type {string} */ name, /** @type {string} */ text) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const conversations = readdirSync(samples)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(new URL(name, samples), 'utf8').trimEnd().split('\n'));
  let made = 0;
  return {
    targets: {
      'file of sinks': {
        share: 0.1,
        seeds: [JSON.stringify(SINKS)],
        run: async (text) => readSinks(await written('sinks.json', text), { TOKEN: 't' }),
      },
      'file of a policy': {
        share: 0.1,
        seeds: [`log ${tlog.log.vkey}\nwitness a ${tlog.witnesses[0].vkey} https://a/\nquorum a\n`],
        run: async (text) => readPolicyFile(await written('policy', text)),
      },
      "worker's variables": {
        seeds: [VARIABLES],
        run: (text) =>
          readConfig(
            Object.fromEntries(
              text.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
            ),
          ),
      },
      'recorded conversation': {
        share: 0.01,
        seeds: conversations,
        run: async (text) => {
          const store = await openStore(join(folder, `import-${made++ % 10}.db`));
          const log = new Log(store);
          try {
            const path = await written('conversation.jsonl', text);
            await importConversations(log, 'acme', path, {
              rules: { reads: new Set(), writes: new Set() },
              agent: 'recorded',
            });
          } finally {
            await log.close();
            await store.close();
          }
        },
      },
      spool: {
        share: 0.01,
        seeds: [`${WAITING.join('\n')}\n`],
        run: async (text) => {
          const spool = await mkdtemp(join(folder, 'spool-'));
          await writeFile(join(spool, '1-x.spool.jsonl'), text, { mode: 0o600 });
          const location = join(folder, `spool-${made++ % 10}.db`);
          const failure = /** @type {const} */ ({ mode: 'open', spool });
          const sealtrail = await openSealtrail({ store: location, failure });
          try {
            await sealtrail.append('beta', {
              type: 'note.added',
              actor: { type: 'user', id: 'u-1' },
              targets: [],
            });
            await sealtrail.replay();
            for (const { type, id } of await sealtrail.store.readFrom('acme', 0, 10_000))
              if (!SPOOLED.test(type)) throw new Error(`${id} came in, a ${type}`);
          } finally {
            await sealtrail.close();
          }
          await expectValid(location);
        },
      },
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * @param {string} id
 * @param {string} type
 * @param {object} actor
 * @param {object} data
 */
function spooled(id, type, actor, data) {
  const draft = {
    id,
    type,
    actor,
    targets: [{ type: 'contact', id: 'c-1' }],
    data: { ...data, spooled_at: TIME },
  };
  return JSON.stringify({ v: 1, tenant: 'acme', draft: { ...draft, sealed: { args: { phone: '1' } } } });
}

/** @param {string} location */
async function expectValid(location) {
  const source = await openSource(location);
  try {
    const { status, summary } = await verifyAll(source);
    if (status !== 'valid') throw new Error(summary);
  } finally {
    await source.close();
  }
}
