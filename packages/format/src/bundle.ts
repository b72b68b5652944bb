import { z } from 'zod';
import { canonicalize, MAX_DEPTH } from './canonical.ts';
import { type StoredOpening, scanOpeningsAt } from './commitment.ts';
import { type EntryFacts, scanEntryAt } from './entry-scan.ts';
import { SealtrailError } from './errors.ts';
import { isCanonical, scanValue } from './recognise.ts';
import { hash, name, position, time } from './schemas.ts';

// Bundle lines, SPEC 8.4.

/** What the header of a bundle says that it is. */
export const BUNDLE_FORMAT = 'sealtrail-bundle/1';
/** A longer line is not read. */
export const MAX_BUNDLE_LINE_BYTES = 8_388_608;

const bundleHeaderSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  openings: z.enum(['included', 'withheld']),
  time,
});
/** The first line of a bundle. */
export type BundleHeader = z.infer<typeof bundleHeaderSchema>;

const bundleTenantSchema = z.strictObject({
  anchor: z.strictObject({ hash, number: position }).nullable(),
  from: position,
  genesis: hash,
  head: z.strictObject({ hash, seq: position, time }),
  tenant: name,
  time,
});
/** What a bundle says of one log, before its entries: where it begins, and how far it reached. */
export type BundleTenant = z.infer<typeof bundleTenantSchema>;

const bundleEndSchema = z.strictObject({ anchors: position, entries: position, tenants: position });
/** The last line: how much there was, so that a bundle that was cut is noticed. */
export type BundleEnd = z.infer<typeof bundleEndSchema>;

/** An entry of a bundle. `facts` are there when it is well-formed; `scanEntry(text)` says what is wrong when not. */
export interface EntryLine {
  readonly kind: 'entry';
  readonly text: string;
  readonly openings: string | undefined;
  /** The openings, when they are well-formed; `scanOpenings(openings)` says what is wrong when not. */
  readonly opened?: readonly StoredOpening[] | undefined;
  readonly facts?: EntryFacts | undefined;
}

/** A line of a bundle. Entry and anchor are given as their exact texts. */
export type BundleLine =
  | { readonly kind: 'bundle'; readonly value: BundleHeader }
  | { readonly kind: 'tenant'; readonly value: BundleTenant }
  | { readonly kind: 'anchor'; readonly text: string }
  | EntryLine
  | { readonly kind: 'end'; readonly value: BundleEnd };

const ENTRY = '{"entry":';
const OPENINGS = ',"openings":';
const ANCHOR = '{"anchor":';
// An entry nests MAX_DEPTH deep inside the line, its openings two deeper.
const LINE_DEPTH = MAX_DEPTH + 3;

/** The text of a line, without its line end. */
export function encodeBundleLine(line: BundleLine): string {
  switch (line.kind) {
    case 'entry':
      // Both parts are canonical already, and "entry" sorts before "openings": so is the line.
      return line.openings === undefined
        ? `${ENTRY}${line.text}}`
        : `${ENTRY}${line.text}${OPENINGS}${line.openings}}`;
    case 'anchor':
      return `${ANCHOR}${line.text}}`;
    default:
      return canonicalize({ [line.kind]: line.value });
  }
}

/**
 * Reads one line of an attacker-controlled file. The texts of entries, openings and anchors are canonical, and cut out of
 * the line; whether they keep their own rules is for their readers to say.
 *
 * @throws SealtrailError `bundle_malformed`
 */
export function readBundleLine(line: string): BundleLine {
  if (line.startsWith(ENTRY)) return readEntryLine(line);
  if (line.startsWith('{"anchor":{')) return { kind: 'anchor', text: last(line, ANCHOR.length) };
  if (line.length > 4_096 || !isCanonical(line, 8)) throw malformed('a line is not canonical JSON');
  const value = JSON.parse(line) as Record<string, unknown>;
  const [kind, ...more] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (more.length > 0) throw malformed('a line has more than one member');
  switch (kind) {
    case 'bundle':
      return { kind, value: parsed(bundleHeaderSchema, value[kind]) };
    case 'tenant':
      return { kind, value: parsed(bundleTenantSchema, value[kind]) };
    case 'end':
      return { kind, value: parsed(bundleEndSchema, value[kind]) };
    default:
      throw malformed('a line is of no known kind');
  }
}

function readEntryLine(line: string): BundleLine {
  const scanned = scanEntryAt(line, ENTRY.length);
  // Not an entry of this version, or a malformed one: it still has a text and a hash.
  const end = scanned?.end ?? scanValue(line, ENTRY.length, LINE_DEPTH - 1);
  if (end === -1) throw malformed('an entry line is not canonical JSON');
  const text = line.slice(ENTRY.length, end);
  const facts = scanned?.facts;
  if (line.length === end + 1 && line.endsWith('}'))
    return { kind: 'entry', text, openings: undefined, facts };
  if (!line.startsWith(OPENINGS, end)) throw malformed('an entry line has an unknown member');
  const from = end + OPENINGS.length;
  const scannedOpenings = scanOpeningsAt(line, from);
  if (scannedOpenings !== undefined && scannedOpenings.end === line.length - 1 && line.endsWith('}')) {
    const openings = line.slice(from, scannedOpenings.end);
    return { kind: 'entry', text, openings, opened: scannedOpenings.openings, facts };
  }
  return { kind: 'entry', text, openings: last(line, from), facts };
}

/** The text of a line's last member, which begins at `from`. */
function last(line: string, from: number): string {
  const end = line.length - 1;
  if (!line.endsWith('}') || scanValue(line, from, LINE_DEPTH - 1) !== end) {
    throw malformed('a line is not canonical JSON');
  }
  return line.slice(from, end);
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw malformed(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('bundle_malformed', `the bundle is malformed: ${why}`);
}
