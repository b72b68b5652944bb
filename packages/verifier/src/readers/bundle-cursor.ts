import { type BundleHeader, type BundleLine, readBundleLine } from '@sealtrail/format';
import { checkPlaceOfOpenings, cutBundle, malformedBundle } from './bundle-faults.ts';
import { endsSection, type SectionLine } from './bundle-rows.ts';
import type { Lines } from './lines.ts';

const utf8 = new TextEncoder();

/**
 * Reads a bundle line by line, forward only, and holds it to its form: the header first and once, entries and anchors
 * only inside a tenant's section, tenants in ascending order, the last line present, last, and with the right counts.
 */
export class BundleCursor {
  #batches: AsyncGenerator<Lines>;
  #lines: readonly string[] = [];
  /** Where the first of the lines begins. */
  #start = 0;
  #at = 0;
  #counts = { anchors: 0, entries: 0, tenants: 0 };
  #tenant = '';
  #openings: 'included' | 'withheld' = 'included';
  #started = false;
  #ended = false;
  // Reading stops at the first line that makes no sense, whoever asks for the next.
  #failure: unknown;

  /**
   * @param batches of lines, as {@link splitLines} gives them
   * @param header when they begin at a tenant's line somewhere behind it
   */
  constructor(batches: AsyncGenerator<Lines>, header?: Pick<BundleHeader, 'openings'>) {
    this.#batches = batches;
    if (header === undefined) return;
    this.#started = true;
    this.#openings = header.openings;
  }

  /** The next line; undefined after the last. @throws SealtrailError `bundle_malformed`, `bundle_truncated` */
  async next(): Promise<BundleLine | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    while (this.#at === this.#lines.length) {
      if (!(await this.#fill())) return undefined;
    }
    return this.#read();
  }

  /** Where the next line begins. */
  offset(): number {
    const passed = this.#lines.slice(0, this.#at);
    return passed.reduce((sum, line) => sum + utf8.encode(line).length + 1, this.#start);
  }

  /** The rest of the section, in batches; stops before the line that begins something else. */
  async *section(): AsyncGenerator<SectionLine[]> {
    for (;;) {
      const batch: SectionLine[] = [];
      try {
        while (this.#at < this.#lines.length && !endsSection(this.#lines[this.#at] as string)) {
          batch.push(this.#read() as SectionLine);
        }
      } catch {
        // Thrown below: the lines before it come first.
      }
      if (batch.length > 0) yield batch;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#at < this.#lines.length) return;
      if (!(await this.#fill())) return;
    }
  }

  /** Goes on with other lines, which begin behind entries and anchors that somebody else read. */
  async jump(
    batches: AsyncGenerator<Lines>,
    passed: { readonly entries: number; readonly anchors: number },
  ): Promise<void> {
    await this.#batches.return(undefined);
    this.#batches = batches;
    this.#lines = [];
    this.#at = 0;
    this.#counts.entries += passed.entries;
    this.#counts.anchors += passed.anchors;
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  async #fill(): Promise<boolean> {
    try {
      const { done, value } = await this.#batches.next();
      if (!done) {
        this.#lines = value.lines;
        this.#start = value.start;
        this.#at = 0;
        return true;
      }
      if (this.#ended) return false;
      throw cutBundle();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #read(): BundleLine {
    try {
      return this.#check();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #check(): BundleLine {
    const line = readBundleLine(this.#lines[this.#at++] as string);
    if (this.#ended) throw malformedBundle('something follows the last line');
    if ((line.kind === 'bundle') === this.#started) {
      throw malformedBundle(this.#started ? 'the header occurs again' : 'it does not begin with a header');
    }
    this.#started = true;
    switch (line.kind) {
      case 'tenant':
        if (this.#counts.tenants > 0 && line.value.tenant <= this.#tenant)
          throw malformedBundle('tenants are out of order');
        this.#tenant = line.value.tenant;
        this.#counts.tenants++;
        break;
      case 'bundle':
        this.#openings = line.value.openings;
        break;
      case 'anchor':
      case 'entry':
        checkPlaceOfOpenings(line, this.#openings);
        if (this.#counts.tenants === 0) throw malformedBundle('an entry or anchor stands outside a tenant');
        this.#counts[line.kind === 'entry' ? 'entries' : 'anchors']++;
        break;
      case 'end': {
        const { anchors, entries, tenants } = this.#counts;
        if (
          line.value.anchors !== anchors ||
          line.value.entries !== entries ||
          line.value.tenants !== tenants
        ) {
          throw malformedBundle('the last line counts something else than the file holds');
        }
        this.#ended = true;
      }
    }
    return line;
  }
}
