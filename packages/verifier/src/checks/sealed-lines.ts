import {
  type DirectoryLine,
  DirectoryTree,
  isDirectoryLine,
  isName,
  isPosition,
  isSealtrailError,
  readSeal,
  SEAL_TYPE,
  SEALS_TENANT,
  type Seal,
  tenantKey,
} from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { LogSource, RawRow } from '../source.ts';

/** A seal, and its directory by tenants. */
interface SealedLines {
  readonly seal: Seal;
  readonly lines: ReadonlyMap<string, DirectoryLine>;
}

/** The directories that logs are held against. */
export interface Directories {
  readonly newest: SealedLines;
  /** That of the last seal up to a position that somebody noted, if that is another one. */
  readonly noted: SealedLines | undefined;
}

/**
 * Reads the directories of all seals from the stored changes. The changes are attacker-controlled, the roots in the seals vouch for
 * them: each of them, since a line that was taken away is missed only by those seals that had it, and not by one that was made over
 * what was left.
 *
 * @param noted a position of the operator's log whose hash is known from elsewhere
 * @param only the tenant that the report is about: its readers may know of no other one, and are told of none
 * @returns undefined when nothing was ever sealed
 */
export async function readDirectories(
  source: LogSource,
  noted: number,
  findings: Findings,
  only?: string,
): Promise<Directories | undefined> {
  const seals = await readSeals(source, findings, only);
  const newest = seals.at(-1);
  if (newest === undefined || source.directoryChanges === undefined) return undefined;
  const known = seals.findLast(({ number }) => number <= noted);
  const folding = new Folding(seals, known, findings, only);
  for await (const rows of source.directoryChanges()) for (const row of rows) folding.take(row);
  folding.end();
  return {
    newest: { seal: newest, lines: folding.lines },
    noted: known === newest ? undefined : folding.noted,
  };
}

async function readSeals(source: LogSource, findings: Findings, only: string | undefined): Promise<Seal[]> {
  const seals: Seal[] = [];
  const log = await source.log(SEALS_TENANT);
  for await (const { entries } of log.walk({ from: 0 })) {
    for (const row of entries) {
      if (row['type'] !== SEAL_TYPE || typeof row['entry'] !== 'string') continue;
      try {
        seals.push(readSeal(row['entry']));
      } catch (error) {
        if (!isSealtrailError(error)) throw error;
        // In the report about one tenant, a position is one of its own log.
        const position = only === undefined && isPosition(row['seq']) ? row['seq'] : null;
        findings.add({ code: 'seal_malformed', position, message: `${SEALS_TENANT}: ${error.message}` });
      }
    }
  }
  return seals;
}

/** Applies the changes of one seal after the other. */
class Folding {
  readonly lines = new Map<string, DirectoryLine>();
  noted: SealedLines | undefined;
  readonly #tree = new DirectoryTree();
  readonly #seals: readonly Seal[];
  readonly #known: Seal | undefined;
  readonly #names: ReadonlyMap<string, number>;
  readonly #findings: Findings;
  readonly #only: string | undefined;
  // Seals whose changes are all applied.
  #done = 0;
  // Those that the changes do not give.
  readonly #wrong: number[] = [];

  constructor(seals: readonly Seal[], known: Seal | undefined, findings: Findings, only: string | undefined) {
    this.#seals = seals;
    this.#known = known;
    this.#names = new Map(seals.map(({ directory, number }) => [directory, number]));
    this.#findings = findings;
    this.#only = only;
  }

  /** @param row one change; they come in the order of their seals */
  take({ directory, seal, tenant, anchors, entries, last }: RawRow): void {
    // Left over from an attempt that somebody else was faster than.
    if (typeof directory !== 'string' || this.#names.get(directory) !== seal) return;
    this.#finish(seal as number);
    const key = isName(tenant) ? (this.lines.get(tenant)?.key ?? tenantKey(tenant)) : undefined;
    const line = { key, anchors, entries, last } as DirectoryLine;
    if (isName(tenant) && isDirectoryLine(line)) this.#set(tenant, line, seal as number);
    else this.#addAbout(tenant, `a stored change of seal ${seal} is malformed`);
  }

  #set(tenant: string, line: DirectoryLine, seal: number): void {
    const before = this.lines.get(tenant);
    if (before !== undefined && before.anchors > line.anchors) {
      const steps = `from ${before.anchors} anchors to ${line.anchors}`;
      this.#addAbout(tenant, `seal ${seal} sets ${tenant} back ${steps}`);
    } else if (before?.anchors === line.anchors && before.last !== line.last) {
      const anchor = `anchor ${line.anchors - 1} of ${tenant}`;
      this.#addAbout(tenant, `seal ${seal} has another ${anchor} than the one before it`);
    }
    this.lines.set(tenant, line);
    this.#tree.set(line);
  }

  /** Call after the last change. */
  end(): void {
    this.#finish(Number.POSITIVE_INFINITY);
    const [first, ...others] = this.#wrong;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : `, nor those of ${others.length} seals after it`;
    this.#add(`the stored directory is not the one of seal ${first}${more}`);
  }

  /** Compares the directories of the seals before a position. */
  #finish(before: number): void {
    for (let seal = this.#seals[this.#done]; seal !== undefined; seal = this.#seals[this.#done]) {
      if (seal.number >= before) return;
      this.#done++;
      if (this.#tree.size !== seal.directory_size || this.#tree.root() !== seal.directory_root)
        this.#wrong.push(seal.number);
      if (seal === this.#known) this.noted = { seal, lines: new Map(this.lines) };
    }
  }

  /** What is wrong with one tenant's line is no business of whoever asked about another one. */
  #addAbout(tenant: unknown, message: string): void {
    if (this.#only === undefined || this.#only === tenant) this.#add(message);
  }

  #add(message: string): void {
    this.#findings.add({ code: 'directory_mismatch', position: null, message });
  }
}
