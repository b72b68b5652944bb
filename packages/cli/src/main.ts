#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { addVerify, endWithTwoOnTrouble, newProgram, runProgram } from '@sealtrail/verifier/cli';
import { addAnchor } from './commands/anchor.ts';
import { addAppend } from './commands/append.ts';
import { addConsole } from './commands/console.ts';
import { addDemo } from './commands/demo.ts';
import { addErase } from './commands/erase.ts';
import { addExport } from './commands/export.ts';
import { addHold } from './commands/hold.ts';
import { addImport } from './commands/import.ts';
import { addKey } from './commands/key.ts';
import { addProve } from './commands/prove.ts';
import { addPublish } from './commands/publish.ts';
import { addPrune, addRetention } from './commands/retention.ts';
import { addSeal } from './commands/seal.ts';
import { addServeLog, addWitness } from './commands/serve.ts';
import { addTenants } from './commands/tenants.ts';

endWithTwoOnTrouble();

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = newProgram('sealtrail', version)
  .description('The tamper-evident audit log for CRMs with AI agents.')
  .addHelpText(
    'after',
    `
A STORE is the path of a SQLite file or a mongodb:// URL. "append" and "import" make one that is not there.

Start here:
  $ sealtrail demo                                see what it does, in a temporary store
  $ sealtrail verify audit.db                     check a log
  $ sealtrail export audit.db --out acme.jsonl    hand it to an auditor

Exit codes: 0 done; 1 the log is broken; 2 could not run.
`,
  );
addDemo(program.command('demo'));
addAppend(program.command('append'));
addImport(program.command('import'));
addAnchor(program.command('anchor'));
addSeal(program.command('seal'));
addKey(program.command('key'));
addPublish(program.command('publish'));
addServeLog(program.command('serve-log'));
addWitness(program.command('witness'));
addProve(program.command('prove'));
addErase(program.command('erase'));
addHold(program.command('hold'));
addRetention(program.command('retention'));
addPrune(program.command('prune'));
addTenants(program.command('tenants'));
addVerify(program.command('verify'), 'sealtrail verify');
addExport(program.command('export'));
addConsole(program.command('console'));
await runProgram(program);
