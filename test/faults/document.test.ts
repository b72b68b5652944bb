import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Rows of tables, and the tests that they name. */
const rows = read('docs/faults.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (-+|write|fault) /.test(line));

describe('the page about faults', () => {
  it('names in each row a test that there is', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) {
      const [, path, title] = /`(test\/[^`]+)`: (.+?) +\|$/.exec(row) ?? [];
      expect(path, row).toBeDefined();
      expect(read(String(path)), row).toContain(String(title));
    }
  });
});
