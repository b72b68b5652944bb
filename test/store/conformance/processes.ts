import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { NewPlace, Place } from '../../support/places.ts';
import { expectIntact, reports } from '../../support/verified.ts';

const run = promisify(execFile);

/** Runs a campaign in its short form, at a place of the test's own, and returns what it found. */
async function campaign(name: string, place: Place, options: readonly string[]) {
  const script = fileURLToPath(new URL(`../../campaigns/${name}.mjs`, import.meta.url));
  const { stdout } = await run(process.execPath, [script, '--at', place.location, '--json', ...options], {
    maxBuffer: 1 << 26,
  }).catch((error) => error as { stdout: string });
  return JSON.parse(stdout);
}

/** Several processes on one store, also when some of them die. */
export function processes(newPlace: NewPlace): void {
  describe('several processes', () => {
    it('make one chain of what they append to one tenant', async () => {
      const place = await newPlace();
      const options = ['--processes', '4', '--entries', '250', '--seed', '1'];
      expect(await campaign('processes', place, options)).toMatchObject({
        verdict: 'passed',
        entries: 1_000,
      });
      await expectIntact(place.location, { 'tenant-0': 1_000 });
    });

    it('make one chain for each of many tenants', async () => {
      const place = await newPlace();
      const options = ['--processes', '4', '--entries', '200', '--tenants', '10', '--seed', '2'];
      expect(await campaign('processes', place, options)).toMatchObject({ verdict: 'passed', entries: 800 });
      const found = [...(await reports(place.location)).values()];
      expect(found.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'valid'));
    });

    it('lose nothing that was acknowledged when they are killed at any point, and need nobody to go on', async () => {
      const place = await newPlace();
      const options = [
        '--processes',
        '3',
        '--entries',
        '400',
        '--rounds',
        '2',
        '--kills',
        '6',
        '--seed',
        '3',
      ];
      const result = await campaign('kill', place, options);
      expect(result).toMatchObject({ verdict: 'passed', entries: 2_400, problems: [] });
      expect(result.kills).toBeGreaterThan(0);
      const found = [...(await reports(place.location)).values()];
      expect(found.map(({ status }) => status)).toEqual(['valid', 'valid']);
    });
  });
}
