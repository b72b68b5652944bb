// @ts-check
// Runs a command of the workspace after installing what it needs: `run.mjs [--build] COMMAND ...`
import { build, install, run } from './bootstrap.mjs';

const args = process.argv.slice(2);
const wantsBuild = args[0] === '--build';
if (wantsBuild) args.shift();
const [command, ...rest] = args;
if (command === undefined) {
  console.error('usage: run.mjs [--build] COMMAND ...');
  process.exit(2);
}
install();
if (wantsBuild) build();
run(command, rest);
