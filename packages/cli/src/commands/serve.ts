import { openKeyFile, type RefusedCheckpoint, serveLog, serveWitness, Witness } from '@sealtrail/publisher';
import { encodeVkey, readVkey } from '@sealtrail/tlog';
import type { Command } from 'commander';
import { askedToStop } from './asked-to-stop.ts';
import { collect, run, wholeNumber } from './run.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

export function addServeLog(command: Command): Command {
  return withAddress(command, 8_080)
    .description(
      'Serve a published log over HTTP (C2SP tlog-tiles), read-only: its checkpoint and its tiles.',
    )
    .argument('<folder>', 'the log’s folder')
    .action((folder: string, flags: Address) =>
      run(false, async () => {
        const server = await serveLog(folder, flags.host, flags.port);
        const stopped = askedToStop();
        console.log(`the log is at ${urlOf(flags.host, server.port)}`);
        await stopped;
        await server.close();
        return 0;
      }),
    );
}

export function addWitness(command: Command): Command {
  return withAddress(command, 8_081)
    .description(
      'Be a witness (C2SP tlog-witness) for one log or more: cosign what extends what you cosigned before.',
    )
    .requiredOption('--key <file>', 'a witness key, made by "sealtrail key new --for witness"')
    .requiredOption('--log <vkey>', 'public key of a log to follow; repeat it for more', collect)
    .requiredOption('--state <file>', 'where to remember what was cosigned; must never be lost')
    .option('--init', 'make that file: the very first time, and never again')
    .addHelpText(
      'after',
      `
Host one for your vendor: with your cosignature on its checkpoints, it cannot show you one history and others another. A witness
sees sizes and hashes, nothing of the entries. Put it behind a web server with TLS. What a log signed and is not
shown to extend what was cosigned is refused, and said on standard error: ask the log for the proof. If there is none, there are
two histories.

  $ sealtrail key new witness.key --name witness.acme.example --for witness
  $ sealtrail witness --key witness.key --state witness.db --log audit.example/log+89740155+AQOhB7... --init
                                                  the first time; after that, and in whatever starts it by itself, without --init

A witness whose memory is lost vouches for nothing that came before. Do not begin anew under its name: make another key, and tell
everybody whose policy names the old one.
`,
    )
    .action((flags: Address & { key: string; log: readonly string[]; state: string; init?: boolean }) =>
      run(false, async () => {
        const signer = await openKeyFile(flags.key);
        const logs = flags.log.map(readVkey);
        const { state, init } = flags;
        const witness = new Witness({ signer, logs, state, init, onRefused: sayRefused });
        const server = await serveWitness(witness, flags.host, flags.port);
        const stopped = askedToStop();
        console.log(`the witness ${encodeVkey(signer.key)} is at ${urlOf(flags.host, server.port)}`);
        await stopped;
        await server.close();
        witness.close();
        return 0;
      }),
    );
}

/** On standard error, for whoever runs the witness: the log itself only hears that it was refused. */
function sayRefused({ checkpoint, cosigned }: RefusedCheckpoint): void {
  const before =
    cosigned === undefined ? 'nothing' : `${cosigned.size} entries with the root ${cosigned.root}`;
  console.error(
    `${new Date().toISOString()} refused: ${checkpoint.origin} signed ${checkpoint.size} entries with the root ${checkpoint.root}, ` +
      `which are not shown to extend what was cosigned before: ${before}. If no proof can show it, there are two histories`,
  );
}

function withAddress(command: Command, port: number): Command {
  return command
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', 'its port; 0 takes any free one', wholeNumber(0, 65_535), port);
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
