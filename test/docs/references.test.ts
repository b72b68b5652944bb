import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documentsOf } from './samples.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a link to a heading is called: `## See it work` is `see-it-work`. */
const anchorOf = (heading: string) =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map(anchorOf);

/** Links of a document to others of the repository, and the files that it names in full. */
function referencesOf(file: string) {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
  const named = [...text.matchAll(/`((?:test|packages|bench|docs|scripts)\/[\w./-]+\.\w+)`/g)];
  return {
    links: links.filter((to) => !/^[a-z]+:/.test(to)),
    named: named.map(([, path = '']) => path),
  };
}

describe('the documents', () => {
  it('name files, and link to headings, that there are', async () => {
    const missing: string[] = [];
    let seen = 0;
    for (const file of await documentsOf(root)) {
      const { links, named } = referencesOf(file);
      seen += links.length + named.length;
      for (const to of links) {
        const [path = '', anchor] = to.split('#');
        const target = path === '' ? file : join(dirname(file), path);
        const isThere =
          existsSync(join(root, target)) &&
          (anchor === undefined || anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor));
        if (!isThere) missing.push(`${file}: ${to}`);
      }
      for (const path of named) if (!existsSync(join(root, path))) missing.push(`${file}: ${path}`);
    }
    expect(missing).toEqual([]);
    expect(seen).toBeGreaterThan(200);
  });
});
