import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Rows of tables, and the tests that they name. */
const rowsOf = (text: string) =>
  text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (-+|write|fault) /.test(line));
const page = read('docs/faults.md');
const KINDS = [/\bfails\b/, /\banswer lost\b/, /\b(in|no) part\b/, /\bslow\b/];

describe('the page about faults', () => {
  it('names in each row a test that there is', () => {
    const rows = rowsOf(page);
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      const [, path, title] = /`(test\/[^`]+)`: (.+?) +\|$/.exec(row) ?? [];
      expect(path, row).toBeDefined();
      expect(read(String(path)), row).toContain(String(title));
    }
  });

  it.each(['MongoDB', 'SQLite'])(
    'tells of every write to %s what becomes of it in each kind of fault',
    (store) => {
      const [, section = ''] = page.split(`\n## ${store}\n`);
      const faults = new Map<string, string>();
      for (const row of rowsOf(section.split('\n## ')[0] ?? '')) {
        const [, write = '', fault = ''] = row.split('|').map((cell) => cell.trim());
        faults.set(write, `${faults.get(write) ?? ''}; ${fault}`);
      }
      const ofAll = faults.get('all') ?? '';
      faults.delete('all');
      expect(faults.size).toBeGreaterThan(3);
      for (const [write, own] of faults)
        for (const kind of KINDS) expect(`${own}; ${ofAll}`, write).toMatch(kind);
    },
  );
});
