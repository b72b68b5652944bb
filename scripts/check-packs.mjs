// @ts-check
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, root } from './bootstrap.mjs';

/**
 * Packs every package, lints what came out, installs all of it into an empty project with npm, and uses it there.
 *
 * @returns {string[]} what is wrong
 */
export function checkPacks() {
  const directory = mkdtempSync(join(tmpdir(), 'sealtrail-packs-'));
  try {
    const failures = [];
    /** @type {Record<string, string>} */
    const tarballs = {};
    for (const name of readdirSync(join(root, 'packages'))) {
      const folder = join(root, 'packages', name);
      const packed = call('pnpm', ['pack', '--pack-destination', directory], folder);
      const tarball = readdirSync(directory).find((file) => file.startsWith(`sealtrail-${name}-`));
      if (packed !== undefined || tarball === undefined) {
        failures.push(`packing ${name}: ${packed}`);
        continue;
      }
      const path = join(directory, tarball);
      tarballs[`@sealtrail/${name}`] = `file:${path}`;
      const lint = call('publint', [path, '--strict'], folder);
      if (lint !== undefined) failures.push(`publint ${name}: ${lint}`);
      const types = call('attw', [path, '--profile', 'esm-only', '--format', 'ascii'], folder);
      if (types !== undefined) failures.push(`attw ${name}: ${types}`);
    }
    if (failures.length === 0) failures.push(...installAndUse(directory, tarballs));
    return failures;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} directory
 * @param {Record<string, string>} tarballs
 */
function installAndUse(directory, tarballs) {
  const failures = [];
  for (const [name, use] of Object.entries({
    // An auditor installs the verifier and nothing else.
    auditor: { packages: ['@sealtrail/verifier'], command: ['npx', 'sealtrail-verify', '--help'] },
    operator: { packages: Object.keys(tarballs), command: ['npx', 'sealtrail', 'demo'] },
  })) {
    const project = mkdtempSync(join(directory, `${name}-`));
    const dependencies = Object.fromEntries(use.packages.map((pkg) => [pkg, tarballs[pkg]]));
    // Packages that depend on each other must come from the same tarballs, not from a registry.
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies, overrides: tarballs }),
    );
    const installed = call('npm', ['install', '--no-audit', '--no-fund', '--omit=dev'], project);
    if (installed !== undefined) {
      failures.push(`npm install as ${name}: ${installed}`);
      continue;
    }
    const [command = '', ...args] = use.command;
    const used = call(command, args, project);
    if (used !== undefined) failures.push(`${use.command.join(' ')} as ${name}: ${used}`);
    for (const pkg of use.packages) {
      const manifest = JSON.parse(readFileSync(join(project, 'node_modules', pkg, 'package.json'), 'utf8'));
      if (manifest.exports?.['.'] === undefined) continue;
      const imported = call('node', ['--input-type=module', '-e', `await import('${pkg}')`], project);
      if (imported !== undefined) failures.push(`import ${pkg} as ${name}: ${imported}`);
    }
  }
  return failures;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {string | undefined} what it printed, when it failed
 */
function call(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: environment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? undefined : `${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`.trim();
}
