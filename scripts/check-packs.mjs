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
  const users = [
    // An auditor installs the verifier and nothing else.
    {
      name: 'auditor',
      packages: ['@sealtrail/verifier'],
      others: {},
      commands: [['npx', 'sealtrail-verify', '--help']],
    },
    {
      name: 'operator',
      packages: Object.keys(tarballs),
      others: {},
      commands: [['npx', 'sealtrail', 'demo']],
    },
    // A plugin author types the first lines of the README, and looks whether they did what they say.
    {
      name: 'author',
      packages: ['@sealtrail/sdk', '@sealtrail/verifier'],
      others: { zod: versionOf('zod') },
      commands: [
        ['node', 'first-lines.mjs'],
        ['npx', 'sealtrail-verify', 'audit.db'],
      ],
    },
  ];
  for (const { name, packages, others, commands } of users) {
    const project = mkdtempSync(join(directory, `${name}-`));
    const own = Object.fromEntries(packages.map((pkg) => [pkg, tarballs[pkg]]));
    const dependencies = { ...own, ...others };
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
    writeFileSync(join(project, 'first-lines.mjs'), firstLines());
    for (const [command = '', ...args] of commands) {
      const used = call(command, args, project);
      if (used !== undefined) failures.push(`${command} ${args.join(' ')} as ${name}: ${used}`);
    }
    for (const pkg of packages) {
      const manifest = JSON.parse(readFileSync(join(project, 'node_modules', pkg, 'package.json'), 'utf8'));
      if (manifest.exports?.['.'] === undefined) continue;
      const imported = call('node', ['--input-type=module', '-e', `await import('${pkg}')`], project);
      if (imported !== undefined) failures.push(`import ${pkg} as ${name}: ${imported}`);
    }
  }
  return failures;
}

/** The first piece of code of the README. */
function firstLines() {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  return code;
}

/**
 * The version of a package that everything here is built with.
 *
 * @param {string} name
 */
function versionOf(name) {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  return new RegExp(`^  "?${name}"?: (.+)$`, 'm').exec(workspace)?.[1];
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
