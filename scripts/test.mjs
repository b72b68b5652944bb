// @ts-check
// `npm test`: installs, builds, typechecks the tests, runs them, and ends with one line that counts them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, environment, install, root, run } from './bootstrap.mjs';

install();
build();
run('tsc', ['-p', 'test/tsconfig.json']);

const directory = mkdtempSync(join(tmpdir(), 'sealtrail-test-'));
const report = join(directory, 'report.json');
const { status } = spawnSync(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: environment() },
);
let counts;
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.error('the test run ended without a report');
  console.log('0 passed, 1 failed');
  process.exit(1);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = counts;
// A suite that could not even be loaded has no tests to count.
const lost = counts.numFailedTestSuites > 0 && failed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed + lost} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(status === 0 && lost === 0 && passed > 0 ? 0 : 1);
