import fs from 'node:fs';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { expect, it } from 'vitest';
import { writeWholeFile } from '../../packages/cli/dist/export/whole-file.js';
import { newSqlitePlace } from '../support/places.ts';
import { slowOpen } from '../support/slow-open.ts';

it('a file that is given up before it was opened leaves nothing, not even afterwards', async () => {
  const { folder } = await newSqlitePlace();
  const before = fs.readdirSync(folder);
  const opened = slowOpen();
  const written = writeWholeFile(join(folder, 'log.jsonl'), async () => {
    throw new SealtrailError('source_invalid', 'there is no log here');
  });
  await expect(written).rejects.toMatchObject({ code: 'source_invalid' });
  await opened;
  expect(fs.readdirSync(folder)).toEqual(before);
});
