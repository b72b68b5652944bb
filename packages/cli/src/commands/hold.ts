import { type Hold, SealtrailError, type Target } from '@sealtrail/format';
import { Rules, releaseHold, type Store, setHold } from '@sealtrail/store';
import { printableLines } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { type PersonFlags, personOf, withPerson } from './person.ts';
import { run, target, tenantName } from './run.ts';
import { withLog } from './with-log.ts';

interface Flags extends PersonFlags {
  readonly tenant: string;
  readonly id: string;
  readonly record?: Target;
  readonly subject?: Target;
  readonly reason?: string;
  readonly json?: boolean;
}

export function addHold(command: Command): Command {
  command.description('Legal holds: nothing under one is erased or pruned while it stands.');
  const shared = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .argument('<store>', 'SQLite file or mongodb:// URL')
      .requiredOption('--tenant <name>', 'whose log', tenantName)
      .option('--json', 'print the result as JSON');
  withPerson(shared('set', 'Hold a record, everything about a person, or with neither the whole tenant.'))
    .requiredOption(
      '--id <name>',
      'a name for the hold, such as that of the case; one that was released is not used again',
    )
    .option('--record <type/id>', 'hold everything about this record', target)
    .option('--subject <type/id>', 'hold everything by or about this person', target)
    .option('--reason <text>', 'why; sealed')
    .action((location: string, flags: Flags) => run(flags.json, () => set(location, flags)));
  withPerson(shared('release', 'End a hold.'))
    .requiredOption('--id <name>', 'the hold')
    .option('--reason <text>', 'why; sealed')
    .action((location: string, flags: Flags) => run(flags.json, () => release(location, flags)));
  shared('list', 'List the holds that stand.').action((location: string, flags: Flags) =>
    run(flags.json, () => list(location, flags)),
  );
  return command;
}

const set = (location: string, flags: Flags): Promise<number> =>
  withLog(location, flags.tenant, async (store, log) => {
    const { tenant, id, reason, json } = flags;
    if ((await rulesOf(store, tenant)).holds.has(id)) {
      throw new SealtrailError('config_invalid', `there is a hold ${id} already`);
    }
    const { seq } = await setHold(
      log,
      tenant,
      { hold: id, target: targetOf(flags) },
      { by: personOf(flags), reason },
    );
    console.log(
      json ? JSON.stringify({ hold: id, seq }) : `${tenant}: hold ${id} stands from position ${seq} on`,
    );
    return 0;
  });

const release = (location: string, flags: Flags): Promise<number> =>
  withLog(location, flags.tenant, async (store, log) => {
    const { tenant, id, reason, json } = flags;
    if (!(await rulesOf(store, tenant)).holds.has(id)) {
      throw new SealtrailError('config_invalid', `there is no hold ${id}`);
    }
    const { seq } = await releaseHold(log, tenant, id, { by: personOf(flags), reason });
    console.log(json ? JSON.stringify({ hold: id, seq }) : `${tenant}: hold ${id} ended at position ${seq}`);
    return 0;
  });

const list = (location: string, flags: Flags): Promise<number> =>
  withLog(location, flags.tenant, async (store) => {
    const { tenant, json } = flags;
    const holds = [...(await rulesOf(store, tenant)).holds.values()];
    const told = holds.map(
      ({ hold, target: on }) => `${hold}  ${on === null ? 'everything' : `${on.about} ${on.type}/${on.id}`}`,
    );
    console.log(json ? JSON.stringify({ holds }) : printableLines(told) || 'no hold stands');
    return 0;
  });

async function rulesOf(store: Store, tenant: string): Promise<Rules> {
  const rules = new Rules(store, tenant);
  await rules.advance();
  return rules;
}

function targetOf({ record, subject }: Flags): Hold['target'] {
  if (record !== undefined && subject !== undefined) {
    throw new SealtrailError('config_invalid', 'give --record or --subject, not both');
  }
  if (record !== undefined) return { about: 'record', ...record };
  return subject === undefined ? null : { about: 'subject', ...subject };
}
