#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { refuseEmptyAndRepeated } from './given-once.ts';
import { endWithTwoOnTrouble } from './output.ts';
import { addVerify } from './verify-command.ts';

endWithTwoOnTrouble();

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = addVerify(new Command('sealtrail-verify'), 'sealtrail-verify')
  .version(version)
  .showHelpAfterError('(--help explains all options)')
  .exitOverride();
refuseEmptyAndRepeated(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version were asked for; everything else is a command line that cannot be run.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
