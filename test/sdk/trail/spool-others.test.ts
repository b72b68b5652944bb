import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSealtrail } from '@sealtrail/sdk';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openWorld, read, type SpoolWorld } from './spool-world.ts';
import { codeOf, readContact, TENANT, verifiedEntries } from './world.ts';

const NAME = 'host~1~00000000-0000-4000-8000-000000000000~01a22a82-422b-7566-ad25-db26177d55dc.spool.jsonl';
/** What somebody would like the log to say that a person did. */
const FORGED = `${JSON.stringify({
  v: 1,
  tenant: TENANT,
  draft: {
    id: 'w-1:change',
    type: 'record.changed',
    actor: { type: 'user', id: 'u-ceo', auth_method: 'sso' },
    targets: [{ type: 'contact', id: 'c-1' }],
    data: { change: 'w-1', fields: ['phone'], spooled_at: '2026-03-02T08:00:00.000Z' },
  },
})}\n`;

const typesIn = async ({ world }: SpoolWorld) =>
  (await verifiedEntries(world.location)).map(({ type }) => type);

describe.skipIf(process.platform === 'win32')('what others put where the spool is', () => {
  it('in its place is not read, and nothing is written into it', async () => {
    const one = await openWorld();
    // Whoever may write to the folder above it may do this, whatever the mode of the spool is.
    await rename(one.spool, `${one.spool}-before`);
    await mkdir(one.spool);
    await chmod(one.spool, 0o777);
    await writeFile(join(one.spool, NAME), FORGED, { mode: 0o600 });
    expect(await codeOf(one.sealtrail.replay())).toBe('config_invalid');
    one.cut(true);
    expect(await codeOf(one.trail.propose(readContact, { ...read, id: 'p-1' }))).toBe('config_invalid');
    one.cut(false);
    expect(await readdir(one.spool)).toEqual([NAME]);
    expect(await typesIn(one)).toEqual([]);
  });

  it('leads the sign of life to no other file', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const one = await openWorld();
    one.cut(true);
    await one.trail.propose(readContact, { ...read, id: 'p-1' });
    const [sign] = await one.files('.alive');
    const elsewhere = `${one.spool}-elsewhere`;
    await writeFile(elsewhere, 'somebody’s own\n');
    await rename(one.spool, `${one.spool}-before`);
    await mkdir(one.spool, { mode: 0o700 });
    await symlink(elsewhere, join(one.spool, String(sign)));
    vi.advanceTimersByTime(5_000);
    await new Promise((resume) => setTimeout(resume, 100));
    expect(await readFile(elsewhere, 'utf8')).toBe('somebody’s own\n');
    await rm(one.spool, { recursive: true });
    await rename(`${one.spool}-before`, one.spool);
    one.cut(false);
    await one.sealtrail.replay();
    expect(await typesIn(one)).toEqual(['proposal.created']);
  });

  it.each([
    [
      'a file that others may write to',
      (path: string) => writeFile(path, FORGED).then(() => chmod(path, 0o666)),
    ],
    [
      'a link to a file elsewhere',
      (path: string) => writeFile(`${path}.txt`, FORGED).then(() => symlink(`${path}.txt`, path)),
    ],
  ])('is not taken: %s', async (_, put) => {
    const one = await openWorld();
    await put(join(one.spool, NAME));
    expect(await one.sealtrail.replay()).toMatchObject({ replayed: 0 });
    expect(await readdir(one.spool)).toContain(NAME);
    const next = openSealtrail({ store: one.world.location, failure: { mode: 'open', spool: one.spool } });
    expect(['config_invalid', 'spool_failed']).toContain(await codeOf(next));
    expect(await typesIn(one)).toEqual([]);
  });
});
