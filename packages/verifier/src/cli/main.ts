#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { endWithTwoOnTrouble } from './output.ts';
import { newProgram, runProgram } from './program.ts';
import { addVerify } from './verify-command.ts';

endWithTwoOnTrouble();

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

await runProgram(addVerify(newProgram('sealtrail-verify', version), 'sealtrail-verify'));
