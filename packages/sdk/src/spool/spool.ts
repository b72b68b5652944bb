import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isName, SealtrailError } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';
import { z } from 'zod';

/** A draft that waits for the log. */
export interface Spooled {
  readonly tenant: string;
  readonly draft: EntryDraft & { readonly id: string };
}

const line = z.strictObject({
  v: z.literal(1),
  tenant: z.custom<string>(isName),
  draft: z.looseObject({ id: z.string(), type: z.string() }),
});

const ENDING = '.spool.jsonl';

/**
 * Drafts kept on this machine while the log cannot be reached: a directory with one file for each process, of JSON lines in
 * the order in which they came. Values in it are not sealed yet, so the files are readable by their owner alone.
 *
 * A line is acknowledged after fsync. What a crash leaves behind: a last line without its end, which nobody was told was kept.
 */
export class Spool {
  readonly #directory: string;
  readonly #own: string;
  #file: FileHandle | undefined;
  #lines = 0;
  // One write or replay after the other.
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#own = `${hostname()}~${process.pid}~${randomUUID()}${ENDING}`;
  }

  /** @throws SealtrailError `spool_failed` */
  static async open(directory: string): Promise<Spool> {
    await wrap(`cannot use the spool ${directory}`, () => mkdir(directory, { recursive: true, mode: 0o700 }));
    return new Spool(directory);
  }

  /** Keeps drafts; they are on the disk when the promise resolves. @throws SealtrailError `spool_failed` */
  keep(entries: readonly Spooled[]): Promise<void> {
    const text = entries.map((one) => `${JSON.stringify({ v: 1, ...one })}\n`).join('');
    return this.#next(() =>
      wrap('cannot write to the spool', async () => {
        this.#file ??= await open(join(this.#directory, this.#own), 'a', 0o600);
        await this.#file.appendFile(text);
        await this.#file.datasync();
        this.#lines += entries.length;
      }),
    );
  }

  /** True when this process has kept something that is not replayed yet. */
  get waiting(): boolean {
    return this.#lines > 0;
  }

  /**
   * Gives what was kept to `append`, file by file in order: this process's file, and those of processes that are gone. A file
   * is removed when all of it was given; what was refused, or cannot be read, moves to a file `.refused` beside it, for a
   * person to look at. When `append` throws, the rest stays for the next time; taking a draft twice must do no harm.
   *
   * @param append returns false for what will never be taken
   */
  replay(append: (spooled: Spooled) => Promise<boolean>): Promise<void> {
    return this.#next(() => wrap('cannot replay the spool', () => this.#replay(append)));
  }

  async #replay(append: (spooled: Spooled) => Promise<boolean>): Promise<void> {
    const files = (await readdir(this.#directory)).filter((name) => name.endsWith(ENDING)).sort();
    for (const name of files) {
      if (name !== this.#own && isAlive(name)) continue;
      const path = join(this.#directory, name);
      const text = await readFile(path, 'utf8').catch(missing);
      const aside: string[] = [];
      for (const one of text.split('\n').filter((part) => part !== '')) {
        const spooled = parse(one);
        if (spooled === undefined || !(await append(spooled))) aside.push(`${one}\n`);
      }
      if (aside.length > 0) await writeFile(`${path}.refused`, aside.join(''), { mode: 0o600 });
      await rm(path, { force: true });
      if (name === this.#own) await this.#forget();
    }
  }

  async #forget(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#lines = 0;
  }

  async close(): Promise<void> {
    await this.#next(() => this.#forget());
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

function parse(text: string): Spooled | undefined {
  try {
    const { tenant, draft } = line.parse(JSON.parse(text));
    return { tenant, draft: draft as unknown as Spooled['draft'] };
  } catch {
    return undefined;
  }
}

/** Whether the process that writes a file still runs on this host. Files of other hosts are theirs to replay. */
function isAlive(name: string): boolean {
  const [host, pid] = name.split('~');
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function missing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}

async function wrap<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SealtrailError) throw cause;
    throw new SealtrailError('spool_failed', what, {}, { cause });
  }
}
