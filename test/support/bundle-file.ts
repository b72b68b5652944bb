import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE_FORMAT, encodeBundleLine } from '@sealtrail/format';
import {
  type LogSource,
  openSource,
  type SourceReport,
  type TenantReport,
  verifyAll,
} from '@sealtrail/verifier';
import { expect, onTestFinished } from 'vitest';
import { reportsInParts } from './in-parts.ts';
import { type StoredLog, timeAt } from './memory-log.ts';

export interface BundleShape {
  readonly openings?: 'included' | 'withheld';
  /** Where each log is cut off at the front: a segment's first entry. */
  readonly from?: number;
}

/** The lines of a bundle (SPEC 8.4) over these logs, without their line ends. */
export function bundleLines(logs: readonly StoredLog[], shape: BundleShape = {}): string[] {
  const { openings = 'included', from = 0 } = shape;
  const count = { anchors: 0, entries: 0, tenants: logs.length };
  const lines = [
    encodeBundleLine({ kind: 'bundle', value: { format: BUNDLE_FORMAT, openings, time: timeAt(0) } }),
  ];
  for (const { registry, entries, anchors } of logs) {
    const last = entries.at(-1) ?? {};
    const newest = anchors.at(-1);
    const text = (value: unknown) => value as string;
    lines.push(
      encodeBundleLine({
        kind: 'tenant',
        value: {
          tenant: text(registry['tenant']),
          time: text(registry['time']),
          genesis: text(registry['genesis']),
          from,
          head: { seq: Number(last['seq']), hash: text(last['hash']), time: text(last['time']) },
          anchor:
            newest === undefined ? null : { number: Number(newest['number']), hash: text(newest['hash']) },
        },
      }),
    );
    for (const row of entries) {
      if (Number(row['seq']) < from) continue;
      const due = anchors.filter((anchor) => anchor['from_seq'] === row['seq']);
      for (const anchor of due)
        lines.push(encodeBundleLine({ kind: 'anchor', text: text(anchor['anchor']) }));
      const opened = openings === 'included' ? text(row['openings']) : undefined;
      lines.push(encodeBundleLine({ kind: 'entry', text: text(row['entry']), openings: opened }));
      count.anchors += due.length;
      count.entries++;
    }
  }
  return [...lines, encodeBundleLine({ kind: 'end', value: count })];
}

/** Writes lines, or any bytes, to a file that lasts as long as the test. */
export function bundleFile(content: readonly string[] | Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'sealtrail-bundle-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'log.jsonl');
  writeFileSync(path, content instanceof Uint8Array ? content : content.map((line) => `${line}\n`).join(''));
  return path;
}

/** Opens a bundle, and closes it when the test ends. */
export async function openBundleFile(content: readonly string[] | Uint8Array): Promise<LogSource> {
  const source = await openSource(bundleFile(content));
  onTestFinished(() => source.close());
  return source;
}

/** The verdict on every log of a bundle, which is the same whether it is read in one piece or in parts. */
export async function verifyBundle(
  content: readonly string[] | Uint8Array,
): Promise<{ report: SourceReport; logs: TenantReport[] }> {
  const logs: TenantReport[] = [];
  const path = bundleFile(content);
  const source = await openSource(path);
  onTestFinished(() => source.close());
  const report = await verifyAll(source, { onTenant: (log) => void logs.push(log) });
  const inParts = await reportsInParts(path, 4);
  expect({ report: inParts.report, logs: [...inParts.reports.values()] }).toEqual({ report, logs });
  return { report, logs };
}
