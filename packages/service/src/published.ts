import { LogFolder, logHandler, type StoredCheckpoint } from '@sealtrail/publisher';
import { isBusyFailure } from '@sealtrail/store/sqlite';
import { readNote } from '@sealtrail/tlog';
import type { Context } from 'hono';
import type { Checkpoint, Sink } from './options.ts';

/** How long a request for the state waits for the publisher's database, in milliseconds. */
const WAIT_MS = 500;

export interface PublishedState {
  readonly checkpoint: Checkpoint | null;
  readonly sinks: readonly Sink[];
  /** Whether somebody has the publisher's database to himself, so that neither is known. */
  readonly held: boolean;
}

/** The log that is published over the seals, read from the folder of its publisher. */
export class Published {
  readonly folder: string;
  readonly #log: LogFolder;
  readonly #answer: ReturnType<typeof logHandler>;

  /** @throws SealtrailError `config_invalid` when nothing was published there yet */
  constructor(folder: string) {
    this.folder = folder;
    this.#log = new LogFolder(folder, { readWaitMs: WAIT_MS });
    this.#answer = logHandler(folder);
  }

  /**
   * The newest checkpoint and its sinks. Who signed it is what its lines say: whoever relies on it verifies it with keys of their own.
   * Nobody waits for whoever has the publisher's database to himself.
   */
  async state(): Promise<PublishedState> {
    try {
      return { checkpoint: shown(await this.#log.newest()), sinks: await this.#sinks(), held: false };
    } catch (error) {
      if (isBusyFailure(error)) return { checkpoint: null, sinks: [], held: true };
      throw error;
    }
  }

  async #sinks(): Promise<Sink[]> {
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

function shown(newest: StoredCheckpoint | undefined): Checkpoint | null {
  if (newest === undefined) return null;
  const { size, time, origin, note } = newest;
  const names = readNote(note).signatures.map(({ name }) => name);
  return { size, time, witnesses: [...new Set(names.filter((name) => name !== origin))] };
}
