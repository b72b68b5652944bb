import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import { openSealtrail } from '@sealtrail/sdk';
import type { Appended, EntryDraft } from '@sealtrail/store';
import type { Command } from 'commander';
import { linesIn } from '../import/lines.ts';
import { hostTenant, run } from './run.ts';

/** Drafts under way at once: enough to be committed in groups, few enough to stay small. */
const IN_FLIGHT = 256;

export function addAppend(command: Command): Command {
  return command
    .description('Append entries, given as JSON Lines on standard input.')
    .argument('<store>', 'SQLite file or mongodb:// URL; made when it is not there')
    .requiredOption('--tenant <name>', 'whose log', hostTenant)
    .addHelpText(
      'after',
      `
A draft has the members type and actor, and may have id, targets, data and sealed:
  {"id":"note-1","type":"note.made","actor":{"type":"agent","id":"assistant"},
   "targets":[{"type":"contact","id":"c-7"}],"data":{"channel":"mail"},"sealed":{"text":"..."}}
(on one line). Appending a draft with the same id again adds nothing. For each line one line comes back, in the same order:
what was appended, or {"error":{"code","message"}}. Exit code 2 if any line was refused.

Types that Sealtrail writes itself, such as decision.approved or log.erased, are refused, but for record.changed: decisions are
written by the SDK, which knows who decides, the others by the commands for them. Tenants whose names begin with ~ are the operator's.
`,
    )
    .action((location: string, { tenant }: { tenant: string }) =>
      run(true, async () => {
        // As a plugin: what only Sealtrail itself writes is refused.
        const log = await openSealtrail({ store: location });
        let refused = false;
        const answer = async (pending: Promise<Appended>): Promise<void> => {
          try {
            console.log(JSON.stringify(await pending));
          } catch (error) {
            if (!isSealtrailError(error)) throw error;
            refused = true;
            console.log(JSON.stringify({ error: { code: error.code, message: error.message } }));
          }
        };
        try {
          const inFlight: Promise<Appended>[] = [];
          for await (const line of linesIn(process.stdin)) {
            if (line?.trim() === '') continue;
            const pending = Promise.resolve().then(() => log.append(tenant, parseDraft(line)));
            // Refusals are printed in order; until then they are not forgotten.
            pending.catch(() => {});
            inFlight.push(pending);
            if (inFlight.length >= IN_FLIGHT) await answer(inFlight.shift() as Promise<Appended>);
          }
          for (const pending of inFlight) await answer(pending);
        } finally {
          await log.close();
        }
        return refused ? 2 : 0;
      }),
    );
}

function parseDraft(line: string | undefined): EntryDraft {
  if (line === undefined) throw new SealtrailError('draft_invalid', 'the line is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SealtrailError('draft_invalid', 'the line is not JSON', {}, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SealtrailError('draft_invalid', 'the line is not a JSON object');
  }
  return value as EntryDraft;
}
