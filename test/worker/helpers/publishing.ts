import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyFile, LogFolder, openKeyFile, type SinkState } from '@sealtrail/publisher';

/** A folder of a test's own with what publishing needs: the key of a log, and room for what it publishes. */
export class Publishing {
  readonly key: Awaited<ReturnType<typeof createKeyFile>>;
  readonly #folder: string;

  private constructor(folder: string, key: Publishing['key']) {
    this.#folder = folder;
    this.key = key;
  }

  static async make(): Promise<Publishing> {
    const folder = await mkdtemp(join(tmpdir(), 'sealtrail-worker-publishing-'));
    return new Publishing(folder, await createKeyFile(join(folder, 'op.key'), 'audit.example/log', 'log'));
  }

  at(name: string): string {
    return join(this.#folder, name);
  }

  /** What a worker is told of it. */
  get config(): { readonly logFolder: string; readonly keyFiles: string[]; readonly publishMs: number } {
    return { logFolder: this.at('log'), keyFiles: [this.at('op.key')], publishMs: 200 };
  }

  async signers() {
    return [await openKeyFile(this.at('op.key'))];
  }

  /** A file of one further sink. */
  async sinksFile(sink: object): Promise<string> {
    await writeFile(this.at('sinks.json'), JSON.stringify({ sinks: [sink] }));
    return this.at('sinks.json');
  }

  /** The sinks as another process sees them. */
  async sinks(): Promise<readonly SinkState[]> {
    const log = new LogFolder(this.at('log'));
    try {
      return await log.sinks();
    } finally {
      log.close();
    }
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
