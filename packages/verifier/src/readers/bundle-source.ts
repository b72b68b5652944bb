import { type BundleHeader, type BundleTenant, SealtrailError } from '@sealtrail/format';
import type { Location, LogBatch, LogReader, LogSource, Part, RawRow, WalkRange } from '../source.ts';
import type { SectionAnchors } from './bundle-anchors.ts';
import { BundleCursor } from './bundle-cursor.ts';
import type { BundlePart, Section } from './bundle-cuts.ts';
import { sectionRows } from './bundle-rows.ts';
import type { Lines } from './lines.ts';

/** Begins to read a bundle, as {@link splitLines} gives it, where a line begins. */
type OpenLines = (offset: number) => AsyncGenerator<Lines>;

/** What a bundle can do that can be read from any place, and by several at once. */
export interface BundleFile {
  /** Cuts a section into parts of about `size` entries; nothing, when it is too short. */
  readonly cut: (section: Section, size: number) => AsyncIterable<BundlePart>;
  /** Where a tenant's line begins, found without reading what stands before it; undefined when it is not found so. */
  readonly find: (tenant: string) => Promise<number | undefined>;
  /** The anchors of a section without the entries between them. */
  readonly anchors: (section: Pick<Section, 'start'>, openings: LogSource['openings']) => SectionAnchors;
}

/**
 * Opens a bundle (SPEC 8.4) wherever it lies.
 *
 * @throws SealtrailError `bundle_malformed` when it is no bundle; what `lines` throws
 */
export async function openBundleLines(
  lines: OpenLines,
  location?: Location,
  file?: BundleFile,
): Promise<LogSource> {
  const cursor = new BundleCursor(lines(0));
  try {
    const first = await cursor.next();
    if (first?.kind !== 'bundle')
      throw new SealtrailError('bundle_malformed', 'the file is not a Sealtrail bundle');
    return new BundleSource(lines, first.value, cursor, location, file);
  } catch (error) {
    await cursor.close();
    throw error;
  }
}

class BundleSource implements LogSource {
  readonly columns = false;
  readonly openings: BundleHeader['openings'];
  readonly location: Location | undefined;
  readonly #lines: OpenLines;
  readonly #file: BundleFile | undefined;
  // Cursors of readers that were not walked to the end.
  readonly #open = new Set<BundleCursor>();
  // Stands behind the header already: a stream need not be asked for twice to be walked once.
  #first: BundleCursor | undefined;

  constructor(
    lines: OpenLines,
    header: BundleHeader,
    first: BundleCursor,
    location: Location | undefined,
    file: BundleFile | undefined,
  ) {
    this.#lines = lines;
    this.#file = file;
    this.location = location;
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
        if (line.kind === 'tenant')
          yield new SectionReader(this.#lines, cursor, line.value, this.openings, this.#file);
        // What is left of a section that its reader did not walk to the end.
      }
    } finally {
      await this.#done(cursor);
    }
  }

  async log(tenant: string): Promise<LogReader> {
    const at = await this.#file?.find(tenant);
    const cursor = await this.#cursor(at);
    const done = () => this.#done(cursor);
    try {
      for (let line = await cursor.next(); line !== undefined; line = await cursor.next()) {
        if (line.kind === 'tenant' && line.value.tenant === tenant) {
          return new SectionReader(this.#lines, cursor, line.value, this.openings, this.#file, done);
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

  /** A cursor behind the header, or before the tenant's line that begins at an offset. */
  async #cursor(at?: number): Promise<BundleCursor> {
    if (at !== undefined) {
      const there = new BundleCursor(this.#lines(at), this);
      this.#open.add(there);
      return there;
    }
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return first;
    const cursor = new BundleCursor(this.#lines(0));
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
  readonly #openings: LogSource['openings'];
  readonly #file: BundleFile | undefined;
  readonly #done: (() => Promise<void>) | undefined;
  #used = false;
  // Where the anchors stand, once they were read without the entries.
  #anchors: SectionAnchors | undefined;
  // Where the section ends, once all of its parts are known.
  #end: number | undefined;

  constructor(
    lines: OpenLines,
    cursor: BundleCursor,
    section: BundleTenant,
    openings: LogSource['openings'],
    file: BundleFile | undefined,
    done?: () => Promise<void>,
  ) {
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
    this.#openings = openings;
    this.#file = file;
    this.#done = done;
  }

  async head(): Promise<RawRow> {
    return this.#head;
  }

  async *walk(range: WalkRange): AsyncGenerator<LogBatch> {
    const segment = this.#anchors?.walk(range);
    if (segment !== undefined) {
      yield* segment;
      return;
    }
    if (this.#used) {
      yield* (await this.#again()).walk(range);
      return;
    }
    this.#used = true;
    try {
      yield* sectionRows(this.#cursor.section(), this.start, range);
    } finally {
      await this.#done?.();
    }
  }

  async *parts(range: WalkRange, head: number, size: number): AsyncGenerator<Part> {
    if (this.#file === undefined || this.#used || range.from > this.start || range.to !== undefined) return;
    const start = this.#cursor.offset();
    const section = { tenant: this.tenant, from: this.start, head, start };
    for await (const part of this.#file.cut(section, size)) {
      if (part.to === undefined) this.#end = part.bytes.end;
      yield part;
    }
  }

  async pass(counts: { readonly entries: number; readonly anchors: number }): Promise<void> {
    if (this.#end === undefined || this.#used) return;
    this.#used = true;
    await this.#cursor.jump(this.#lines(this.#end), counts);
    await this.#done?.();
  }

  async *anchors(): AsyncGenerator<readonly RawRow[]> {
    if (!this.#used) {
      const section = { start: this.#cursor.offset() };
      this.#anchors = this.#file?.anchors(section, this.#openings);
    }
    if (this.#anchors !== undefined) {
      yield* this.#anchors.read();
      return;
    }
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
