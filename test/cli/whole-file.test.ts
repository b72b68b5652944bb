import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SealtrailError } from '@sealtrail/format';
import { expect, it, onTestFinished, vi } from 'vitest';
import { writeWholeFile } from '../../packages/cli/dist/export/whole-file.js';
import { newSqlitePlace } from '../support/places.ts';

it('a file that is given up before it was opened leaves nothing, not even afterwards', async () => {
  const { folder } = await newSqlitePlace();
  const before = fs.readdirSync(folder);
  const { open } = fs;
  const opened = new Promise<void>((resolve) => {
    const slow = (...args: Parameters<typeof open>) =>
      void setTimeout(100).then(() => {
        open(...args);
        resolve();
      });
    const spy = vi.spyOn(fs, 'open').mockImplementation(slow as typeof open);
    onTestFinished(() => spy.mockRestore());
  });
  const written = writeWholeFile(join(folder, 'log.jsonl'), async () => {
    throw new SealtrailError('source_invalid', 'there is no log here');
  });
  await expect(written).rejects.toMatchObject({ code: 'source_invalid' });
  await opened;
  await setTimeout(100);
  expect(fs.readdirSync(folder)).toEqual(before);
});
