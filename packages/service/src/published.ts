import { LogFolder, logHandler } from '@sealtrail/publisher';
import { readNote } from '@sealtrail/tlog';
import type { Context } from 'hono';
import type { Checkpoint, Sink } from './options.ts';

/** The log that is published over the seals, read from the folder of its publisher. */
export class Published {
  readonly folder: string;
  readonly #log: LogFolder;
  readonly #answer: ReturnType<typeof logHandler>;

  /** @throws SealtrailError `config_invalid` when nothing was published there yet */
  constructor(folder: string) {
    this.folder = folder;
    this.#log = new LogFolder(folder);
    this.#answer = logHandler(folder);
  }

  /** The newest checkpoint. Who signed it is what its lines say: whoever relies on it verifies it with keys of their own. */
  async checkpoint(): Promise<Checkpoint | null> {
    const newest = await this.#log.newest();
    if (newest === undefined) return null;
    const { size, time, origin, note } = newest;
    const names = readNote(note).signatures.map(({ name }) => name);
    return { size, time, witnesses: [...new Set(names.filter((name) => name !== origin))] };
  }

  async sinks(): Promise<Sink[]> {
    return (await this.#log.sinks()).map(({ name, outstanding }) => ({ name, outstanding }));
  }

  /** The checkpoint and the tiles (C2SP tlog-tiles). */
  async serve(context: Context, prefix: string): Promise<Response> {
    const { status, headers, body } = await this.#answer(context.req.path.slice(prefix.length));
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { status, headers });
  }

  async close(): Promise<void> {
    this.#log.close();
  }
}
