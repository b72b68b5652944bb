import {
  anchorHash,
  type BundleHeader,
  type BundleTenant,
  isSealtrailError,
  readAnchor,
  SealtrailError,
  toAnchorRow,
} from '@sealtrail/format';
import type { LogBatch, LogReader, LogSource, RawRow, WalkRange } from '../source.ts';
import { BundleCursor } from './bundle-cursor.ts';

/** Begins to read a bundle, as {@link splitLines} gives it. */
type OpenLines = () => AsyncGenerator<string[]>;

/**
 * Opens a bundle (SPEC 8.4) wherever it lies.
 *
 * @throws SealtrailError `bundle_malformed` when it is no bundle; what `lines` throws
 */
export async function openBundleLines(lines: OpenLines): Promise<LogSource> {
  const cursor = new BundleCursor(lines());
  try {
    const first = await cursor.next();
    if (first?.kind !== 'bundle')
      throw new SealtrailError('bundle_malformed', 'the file is not a Sealtrail bundle');
    return new BundleSource(lines, first.value, cursor);
  } catch (error) {
    await cursor.close();
    throw error;
  }
}

class BundleSource implements LogSource {
  readonly columns = false;
  readonly openings: BundleHeader['openings'];
  readonly #lines: OpenLines;
  // Cursors of readers that were not walked to the end.
  readonly #open = new Set<BundleCursor>();
  // Stands behind the header already: a stream need not be asked for twice to be walked once.
  #first: BundleCursor | undefined;

  constructor(lines: OpenLines, header: BundleHeader, first: BundleCursor) {
    this.#lines = lines;
    this.openings = header.openings;
    this.#first = first;
    this.#open.add(first);
  }

  async *logs(): AsyncGenerator<LogReader> {
    const cursor = await this.#cursor();
    try {
      for (;;) {
        const line = await cursor.next();
        if (line === undefined) return;
        if (line.kind === 'tenant') yield new SectionReader(this.#lines, cursor, line.value);
        // What is left of a section that its reader did not walk to the end.
      }
    } finally {
      await this.#done(cursor);
    }
  }

  async log(tenant: string): Promise<LogReader> {
    const cursor = await this.#cursor();
    const done = () => this.#done(cursor);
    try {
      for (let line = await cursor.next(); line !== undefined; line = await cursor.next()) {
        if (line.kind === 'tenant' && line.value.tenant === tenant) {
          return new SectionReader(this.#lines, cursor, line.value, done);
        }
      }
    } catch (error) {
      await done();
      throw error;
    }
    await done();
    return new AbsentReader(tenant);
  }

  async close(): Promise<void> {
    for (const cursor of this.#open) await cursor.close();
    this.#open.clear();
  }

  /** A cursor behind the header. */
  async #cursor(): Promise<BundleCursor> {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return first;
    const cursor = new BundleCursor(this.#lines());
    this.#open.add(cursor);
    try {
      await cursor.next();
    } catch (error) {
      await this.#done(cursor);
      throw error;
    }
    return cursor;
  }

  async #done(cursor: BundleCursor): Promise<void> {
    this.#open.delete(cursor);
    await cursor.close();
  }
}

/** One tenant's part of a bundle, read from a cursor that stands behind its `tenant` line. */
class SectionReader implements LogReader {
  readonly tenant: string;
  readonly start: number;
  readonly registry: RawRow;
  readonly #lines: OpenLines;
  readonly #cursor: BundleCursor;
  readonly #head: RawRow;
  readonly #done: (() => Promise<void>) | undefined;
  #used = false;

  constructor(lines: OpenLines, cursor: BundleCursor, section: BundleTenant, done?: () => Promise<void>) {
    const { tenant, time, genesis, head, anchor } = section;
    this.tenant = tenant;
    this.start = section.from;
    this.registry = { tenant, time, genesis };
    this.#head = {
      tenant,
      ...head,
      anchor_number: anchor?.number ?? null,
      anchor_hash: anchor?.hash ?? null,
    };
    this.#lines = lines;
    this.#cursor = cursor;
    this.#done = done;
  }

  async head(): Promise<RawRow> {
    return this.#head;
  }

  async *walk(range: WalkRange): AsyncGenerator<LogBatch> {
    if (this.#used) {
      yield* (await this.#again()).walk(range);
      return;
    }
    this.#used = true;
    // Where the next line stands if it does not say so itself, and where it would stand in an untouched file.
    let position = this.start;
    let counted = this.start;
    // The section's own beginning leaves nothing out: what stands before it must be seen.
    const from = range.from > this.start ? range.from : 0;
    try {
      for await (const lines of this.#cursor.section()) {
        let anchors: RawRow[] = [];
        let entries: RawRow[] = [];
        for (const line of lines) {
          if (line.kind === 'anchor') {
            if (entries.length > 0) {
              yield { anchors, entries };
              anchors = [];
              entries = [];
            }
            const row = anchorRow(line.text);
            if (typeof row['to_seq'] !== 'number' || row['to_seq'] >= from) anchors.push(row);
          } else {
            const here = line.facts?.seq ?? position;
            position = here + 1;
            counted++;
            if (here < from) continue;
            if (range.to !== undefined && here > range.to) {
              if (counted <= range.to) continue;
              if (anchors.length + entries.length > 0) yield { anchors, entries };
              return;
            }
            entries.push({ entry: line.text, openings: line.openings ?? '{}', facts: line.facts });
          }
        }
        if (anchors.length + entries.length > 0) yield { anchors, entries };
      }
    } finally {
      await this.#done?.();
    }
  }

  async *anchors(): AsyncGenerator<readonly RawRow[]> {
    const again = await this.#again();
    for await (const batch of again.walk({ from: 0 })) {
      if (batch.anchors.length > 0) yield batch.anchors;
    }
  }

  /** A second pass: a cursor only goes forward. */
  async #again(): Promise<LogReader> {
    return (await openBundleLines(this.#lines)).log(this.tenant);
  }
}

class AbsentReader implements LogReader {
  readonly registry = undefined;
  readonly start = 0;

  readonly tenant: string;

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  async head(): Promise<undefined> {}
  async *walk(): AsyncGenerator<LogBatch> {}
  async *anchors(): AsyncGenerator<readonly RawRow[]> {}
}

/** A bundle has no columns: they follow from the text where it can be read, and are missing where it cannot. */
function anchorRow(text: string): RawRow {
  try {
    return { ...toAnchorRow(readAnchor(text), text, anchorHash(text)) };
  } catch (error) {
    if (isSealtrailError(error, 'anchor_malformed')) return { anchor: text };
    throw error;
  }
}
