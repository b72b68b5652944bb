import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isOwnFile, namesIn, writeAnew, writtenAt } from './folder.ts';

export const ENDING = '.spool.jsonl';
const ALIVE = '.alive';
const BEAT_EVERY_MS = 5_000;
/** An owner that has shown no sign of life for so long counts as gone. */
const GONE_AFTER_MS = 30_000;

/**
 * Whose the files of a spool are. Host names and process ids come again (in a container the next process is number 1 of the
 * same host, too), so an owner has a random name, and shows that it lives by a file that it writes again and again, as long
 * as it has something in the folder. When it ends well it removes that file, when it is killed the file grows old: what it
 * left behind is then anybody's, and goes to the one whose rename comes first.
 *
 * An owner that was only paused finds its file gone: whoever keeps something there looks for it after every write.
 */
export class Claims {
  readonly #folder: string;
  readonly #owner = `${hostname()}~${process.pid}~${randomUUID()}`;
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The name of a file of this owner. Files are replayed in the order of their parts. */
  nameFor(part: string): string {
    return `${this.#owner}~${part}${ENDING}`;
  }

  /** Shows this owner's life from now on. */
  async begin(): Promise<void> {
    if (this.#timer !== undefined) return;
    await this.#show();
    // A replay and a write may begin it at once.
    if (this.#timer !== undefined) return;
    // A beat that fails is one that others miss: they take over, which does no harm.
    this.#timer = setInterval(() => {
      this.#beat = this.#show().catch(() => {});
    }, BEAT_EVERY_MS);
    this.#timer.unref();
  }

  /** Nothing of this owner is in the folder, or it may have who wants it. */
  async end(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#beat;
    await rm(this.#alive(this.#owner), { force: true });
  }

  /** Takes over what owners who are gone left behind. @returns names of files that are this owner's now */
  async takeOver(): Promise<string[]> {
    const others = (await namesIn(this.#folder, ENDING)).filter((name) => ownerOf(name) !== this.#owner);
    const signs = (await namesIn(this.#folder, ALIVE)).filter((name) => name !== `${this.#owner}${ALIVE}`);
    if (others.length + signs.length === 0) return [];
    try {
      await this.begin();
      // Written just now, by the clock that wrote theirs, which need not be this host's.
      await this.#show();
    } catch {
      // A full disk must not keep this owner's own files from being replayed, which makes room.
      return [];
    }
    const now = (await writtenAt(this.#alive(this.#owner))) ?? Date.now();
    const taken: string[] = [];
    for (const name of others) {
      const mine = this.nameFor(partOf(name));
      if ((await this.#isGone(ownerOf(name), now)) && (await this.#rename(name, mine))) taken.push(mine);
    }
    for (const name of signs) {
      const owner = name.slice(0, -ALIVE.length);
      if (await this.#isGone(owner, now)) await rm(this.#alive(owner), { force: true }).catch(() => {});
    }
    return taken;
  }

  async #isGone(owner: string, now: number): Promise<boolean> {
    const sign = await writtenAt(this.#alive(owner));
    return sign === undefined || now - sign > GONE_AFTER_MS;
  }

  /** False when somebody else was first, or it cannot be had, or is not this user's. */
  async #rename(name: string, mine: string): Promise<boolean> {
    const path = join(this.#folder, name);
    try {
      if (!(await isOwnFile(path))) return false;
      await rename(path, join(this.#folder, mine));
      // What its owner was writing in its place when it was killed.
      await rm(`${path}.new`, { force: true }).catch(() => {});
      return true;
    } catch {
      return false;
    }
  }

  async #show(): Promise<void> {
    await writeAnew(this.#alive(this.#owner), `${new Date().toISOString()}\n`);
  }

  #alive(owner: string): string {
    return join(this.#folder, `${owner}${ALIVE}`);
  }
}

function ownerOf(name: string): string {
  return name.slice(0, -ENDING.length).split('~').slice(0, 3).join('~');
}

export function partOf(name: string): string {
  return name.slice(0, -ENDING.length).split('~').at(-1) as string;
}
