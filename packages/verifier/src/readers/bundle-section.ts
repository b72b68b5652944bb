import { readBundleLine } from '@sealtrail/format';
import { asciiLine, marks, TENANT } from './bundle-marks.ts';
import { openFile } from './file-lines.ts';

/**
 * Where the line of a tenant begins in a plain bundle. The sections before it are passed over unread.
 *
 * @returns undefined when it is not found this way; who reads the file from its beginning learns why
 */
export async function findSection(path: string, tenant: string): Promise<number | undefined> {
  const file = await openFile(path);
  try {
    for await (const { mark, line, start } of marks(file, 0)) {
      if (mark !== TENANT) continue;
      const text = asciiLine(line);
      if (text === undefined) return undefined;
      const read = readBundleLine(text);
      if (read.kind === 'tenant' && read.value.tenant === tenant) return start;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
