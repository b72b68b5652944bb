import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { newId, syncFolder } from '@sealtrail/store';
import { Claims, ENDING, partOf } from './claims.ts';
import { appendDurably, checkFolder, missing, namesIn, ownFolder, replaceDurably, textOf } from './folder.ts';
import { lineOf, nameOf, parseLine, type Spooled } from './line.ts';
import { Marks } from './marks.ts';
import { Turns } from './turns.ts';

/** What became of a draft: it is in the log, it never will be, or it stays for the next time. */
type Taken = 'taken' | 'refused' | 'later';

export interface Replayer {
  /** Taking a draft twice must do no harm. When it throws, all the rest stays for the next time. */
  append(spooled: Spooled): Promise<Taken>;
  /** Told of a line that is nothing that may wait. */
  refuse(named: { readonly tenant: string; readonly id: string }): void;
}

interface OpenFile {
  readonly name: string;
  readonly handle: FileHandle;
  /** Bytes that were acknowledged. */
  size: number;
}

/** How often what another process took for left behind is written anew. */
const MAX_TRIES = 3;

/**
 * Drafts kept on this machine while the log cannot be reached: a folder of files with JSON lines, in the order in which they
 * came; {@link Claims} says whose each file is. Values in it are not sealed yet, so the files are readable by their owner alone.
 *
 * Drafts are acknowledged after fsync of the file and of the folder that names it. What a crash leaves behind: a last line
 * without its end, which nobody was told was kept.
 */
export class Spool {
  readonly #folder: string;
  readonly #claims: Claims;
  readonly #see: (spooled: Spooled) => void;
  /** What waits in this process's files, by their names. */
  readonly #marks = new Marks();
  #file: OpenFile | undefined;
  #part = '';
  // One write after the other, and one replay after the other. A replay may wait long for a log that is away, and nobody waits
  // for it who has something to keep: what it replays are files that nobody writes to any more.
  readonly #writes = new Turns();
  readonly #replays = new Turns();

  private constructor(folder: string, see: (spooled: Spooled) => void) {
    this.#folder = folder;
    this.#see = see;
    this.#claims = new Claims(folder);
  }

  /**
   * @param see shown every draft that is kept, and every one of others that is found, before any of them is replayed
   * @throws SealtrailError `spool_failed`, `config_invalid`
   */
  static async open(folder: string, see: (spooled: Spooled) => void = () => {}): Promise<Spool> {
    return wrap(`cannot use the spool ${folder}`, async () => {
      const spool = new Spool(await ownFolder(folder), see);
      for (const name of await namesIn(spool.#folder, ENDING)) await spool.#look(name);
      return spool;
    });
  }

  /**
   * Keeps drafts; they are on the disk when the promise resolves.
   *
   * @param choose says what to keep when all that came before is kept and was seen
   * @throws SealtrailError `spool_failed`, and what `choose` throws
   */
  keep(choose: () => readonly Spooled[]): Promise<void> {
    return this.#writes.next(() =>
      wrap('cannot write to the spool', async () => {
        const entries = choose();
        if (entries.length === 0) return;
        const name = await this.#writeAndHold(entries.map(lineOf).join(''));
        for (const one of entries) {
          this.#marks.add(name, one);
          this.#see(one);
        }
      }),
    );
  }

  async #writeAndHold(text: string): Promise<string> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const file = await this.#write(text);
      if (await this.#isMine(file)) return file.name;
    }
    throw new SealtrailError('spool_failed', 'files of the spool are taken away as fast as they are written');
  }

  async #write(text: string): Promise<OpenFile> {
    this.#file ??= await this.#create();
    const file = this.#file;
    try {
      await file.handle.appendFile(text);
      await file.handle.datasync();
    } catch (error) {
      // What comes next must not be joined to half a line: it begins a new file, whatever became of this one.
      this.#file = undefined;
      await file.handle.truncate(file.size).catch(() => {});
      await file.handle.close().catch(() => {});
      throw error;
    }
    file.size += Buffer.byteLength(text);
    return file;
  }

  async #create(): Promise<OpenFile> {
    await checkFolder(this.#folder);
    await this.#claims.begin();
    // Ids begin with the time, and files may follow each other within a millisecond.
    let part = newId();
    while (part <= this.#part) part = newId();
    this.#part = part;
    const name = this.#claims.nameFor(part);
    const handle = await open(join(this.#folder, name), 'ax', 0o600);
    try {
      await syncFolder(this.#folder);
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#marks.hold(name);
    return { name, handle, size: 0 };
  }

  /**
   * Whether a file is still this process's after a write to it. If it was taken for dead and the file renamed before, its new
   * owner may have read it already; if it is renamed from now on, what was written is read.
   */
  async #isMine(file: OpenFile): Promise<boolean> {
    const [there, held] = await Promise.all([
      stat(join(this.#folder, file.name)).catch(missing),
      file.handle.stat(),
    ]);
    if (there !== undefined && there.ino === held.ino) return true;
    this.#marks.drop(file.name);
    await this.#closeFile();
    return false;
  }

  /** True when something waits here that goes before what comes now: anything of a tenant, or of one of its proposals. */
  waits(tenant: string, proposal?: string): boolean {
    return this.#marks.waits(tenant, proposal);
  }

  /**
   * Gives what was kept to the log, file by file in order: this process's, and those of processes that are gone. What was
   * taken leaves its file; what was refused, or may not wait at all, moves to a file `.refused` beside it, for a person to look at.
   */
  replay(replayer: Replayer): Promise<void> {
    return this.#replays.next(() => wrap('cannot replay the spool', () => this.#replay(replayer)));
  }

  async #replay(replayer: Replayer): Promise<void> {
    await checkFolder(this.#folder);
    const taken = await this.#claims.takeOver();
    for (const name of taken) this.#marks.hold(name);
    for (const name of taken) await this.#look(name);
    const byPart = (a: string, b: string) => (partOf(a) < partOf(b) ? -1 : 1);
    const names = await this.#writes.next(async () => {
      await this.#closeFile();
      return this.#marks.names().sort(byPart);
    });
    for (const name of names) await this.#replayFile(name, replayer);
    await this.#writes.next(async () => {
      if (this.#marks.names().length === 0) await this.#claims.end();
    });
  }

  async #replayFile(name: string, replayer: Replayer): Promise<void> {
    const text = await textOf(join(this.#folder, name));
    if (text === undefined) return this.#marks.drop(name);
    const lines = text.split('\n').filter((one) => one !== '');
    const aside: string[] = [];
    const left: string[] = [];
    let at = 0;
    try {
      for (; at < lines.length; at++) {
        const one = lines[at] as string;
        const became = await give(one, replayer);
        if (became === 'refused') aside.push(one);
        if (became === 'later') left.push(one);
      }
    } finally {
      left.push(...lines.slice(at));
      if (left.length < lines.length || lines.length === 0) await this.#settle(name, aside, left);
    }
  }

  async #settle(name: string, aside: readonly string[], left: readonly string[]): Promise<void> {
    if (aside.length > 0) await appendDurably(this.#folder, `${name}.refused`, textFrom(aside));
    if (left.length === 0) await rm(join(this.#folder, name), { force: true });
    else await replaceDurably(this.#folder, name, textFrom(left));
    this.#marks.drop(name);
    if (left.length > 0) this.#mark(name, left);
  }

  /** Looks at a file that another process wrote. */
  async #look(name: string): Promise<void> {
    const lines = (await textOf(join(this.#folder, name)))?.split('\n') ?? [];
    for (const one of lines.map(parseLine)) if (one !== undefined) this.#see(one);
    if (this.#marks.holds(name)) this.#mark(name, lines);
  }

  #mark(name: string, lines: readonly string[]): void {
    this.#marks.hold(name);
    for (const one of lines.map(parseLine)) if (one !== undefined) this.#marks.add(name, one);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }

  /** What still waits is anybody's from now on. @throws SealtrailError `spool_failed` */
  close(): Promise<void> {
    return this.#replays.next(() =>
      this.#writes.next(() =>
        wrap('cannot close the spool', async () => {
          try {
            await this.#closeFile();
          } finally {
            await this.#claims.end();
          }
        }),
      ),
    );
  }
}

async function give(text: string, { append, refuse }: Replayer): Promise<Taken> {
  const spooled = parseLine(text);
  if (spooled !== undefined) return append(spooled);
  const named = nameOf(text);
  if (named !== undefined) refuse(named);
  return 'refused';
}

function textFrom(lines: readonly string[]): string {
  return lines.map((one) => `${one}\n`).join('');
}

async function wrap<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SealtrailError) throw cause;
    throw new SealtrailError('spool_failed', what, {}, { cause });
  }
}
