import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTilePath, tilePath } from '@sealtrail/tlog';

/** What a web server shall answer. */
export interface LogAnswer {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/**
 * Answers requests for what a log published (C2SP tlog-tiles): the checkpoint and the tiles, nothing else that may lie in the
 * folder. A path is what follows the log's prefix, without a slash at its beginning.
 *
 * @param folder the log's folder
 */
export function logHandler(folder: string): (path: string) => Promise<LogAnswer> {
  const published = join(folder, 'public');
  return async (path) => {
    const tile = readTilePath(path);
    if (path !== 'checkpoint' && tile === undefined) return notFound();
    try {
      const body = await readFile(join(published, tile === undefined ? 'checkpoint' : tilePath(tile)));
      return {
        status: 200,
        headers:
          tile === undefined
            ? { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' }
            : {
                'content-type': 'application/octet-stream',
                'cache-control': 'public, max-age=31536000, immutable',
              },
        body,
      };
    } catch (error) {
      if (Object(error).code === 'ENOENT') return notFound();
      throw error;
    }
  };
}

function notFound(): LogAnswer {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'not found\n' };
}
