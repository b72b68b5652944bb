// @ts-check
// What cannot be seen from one file: boundaries between packages, and that each package can be published as it is.

import { run } from './bootstrap.mjs';
import { checkBoundaries } from './check-boundaries.mjs';
import { checkPacks } from './check-packs.mjs';

const failures = [...(await checkBoundaries()), ...checkPacks()];
for (const failure of failures) console.error(`FAILED ${failure}`);
if (failures.length > 0) process.exit(1);
run('knip', ['--no-progress']);
console.error('boundaries, packages and unused code: all good');
