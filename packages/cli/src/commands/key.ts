import { existsSync } from 'node:fs';
import { changeKey, createKeyFile, LogFolder, namedKey, openKeyFile } from '@sealtrail/publisher';
import { openStore } from '@sealtrail/store';
import { encodeVkey, type KeyRole, type NoteKey, readVkey } from '@sealtrail/tlog';
import { type Command, Option } from 'commander';
import { run } from './run.ts';

/** How a public key is called in its own text. */
const KEY_ID = /^[0-9a-f]{8}$/;

export function addKey(command: Command): Command {
  command.description('Make keys for checkpoints and witnesses, and change the keys of a log.');
  command
    .command('new')
    .description('Make an Ed25519 key in a file that only you can read, and print its public part.')
    .argument('<file>', 'where to write it; never overwritten')
    .requiredOption('--name <name>', 'the log’s origin, such as audit.example/log, or the witness’s name')
    .addOption(new Option('--for <role>', 'what it signs').choices(['log', 'witness']).default('log'))
    .option('--json', 'print the result as JSON')
    .action((file: string, flags: { name: string; for: KeyRole; json?: boolean }) =>
      run(flags.json, async () => tell(await createKeyFile(file, flags.name, flags.for), flags.json)),
    );
  command
    .command('show')
    .description('Print the public part of a key file: give it to whoever verifies.')
    .argument('<file>', 'a key file')
    .option('--json', 'print the result as JSON')
    .action((file: string, flags: { json?: boolean }) =>
      run(flags.json, async () => tell((await openKeyFile(file)).key, flags.json)),
    );
  for (const kind of ['add', 'retire'] as const) {
    command
      .command(kind)
      .description(
        kind === 'add'
          ? 'Name a further key in the log: the first step of a change of keys.'
          : 'Retire a key in the log: nothing is signed with it from then on.',
      )
      .argument('<store>', 'SQLite file or mongodb:// URL')
      .requiredOption('--log <folder>', 'the log’s folder')
      .requiredOption(
        '--key <key>',
        kind === 'add'
          ? 'the key file'
          : 'which one: its public key, as "key show" prints it, the id in there (8 hex digits), or the key file',
      )
      .option('--json', 'print the result as JSON')
      .addHelpText(
        'after',
        `
A change of keys, in order: "key new" the next one; "key add" it; publish with both (--key twice), so that whoever knows
the old key sees both signatures; give the new public key to everybody; "key retire" the old one; publish with the new one.
A key that was retired does not come back, and the last one is not retired. For one whose file is lost: "key new", "key add",
"key retire" the lost one by its public key or id, publish with the new one.
`,
      )
      .action((location: string, flags: { log: string; key: string; json?: boolean }) =>
        run(flags.json, () => change(kind === 'add' ? 'added' : 'retired', location, flags)),
      );
  }
  return command;
}

async function change(
  kind: 'added' | 'retired',
  location: string,
  { log, key: given, json }: { log: string; key: string; json?: boolean },
): Promise<number> {
  const byId = kind === 'retired' && KEY_ID.test(given) && !existsSync(given);
  const ofFlag = byId ? undefined : await givenKey(kind, given);
  const folder = new LogFolder(log);
  try {
    const store = await openStore(location, { create: false });
    try {
      const key = ofFlag ?? (await namedKey(store, folder, given));
      const changed = await changeKey(store, folder, kind, key);
      const vkey = encodeVkey(key);
      const told = changed
        ? `${kind}: ${vkey}\nIt counts from the next checkpoint on.`
        : `named already: ${vkey}`;
      console.log(json ? JSON.stringify({ kind, vkey, changed }) : told);
      return 0;
    } finally {
      await store.close();
    }
  } finally {
    folder.close();
  }
}

/** Who adds a key shows that he has it. To retire one takes only to say which: its file may be what was lost. */
async function givenKey(kind: 'added' | 'retired', given: string): Promise<NoteKey> {
  if (kind === 'retired' && given.includes('+') && !existsSync(given)) return readVkey(given);
  return (await openKeyFile(given)).key;
}

function tell(key: NoteKey, json: boolean | undefined): number {
  const vkey = encodeVkey(key);
  console.log(json ? JSON.stringify({ name: key.name, role: key.role, id: key.id, vkey }) : vkey);
  return 0;
}
