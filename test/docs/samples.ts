import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A block of code in a document. */
export interface Sample {
  /** The document, from the root of the repository. */
  readonly file: string;
  /** The line of the document above the first of the block. */
  readonly line: number;
  readonly code: string;
}

/** Every document, those of all packages and examples included. */
export async function documentsOf(root: string): Promise<string[]> {
  const inside = async (folder: string): Promise<string[]> =>
    (await readdir(join(root, folder))).map((name) => `${folder}/${name}`);
  const folders = ['.', 'docs', 'docs/adapters', 'test/services', 'vectors', 'bench'];
  folders.push(...(await inside('packages')), ...(await inside('examples')));
  const documents = folders.map(async (folder) =>
    (await readdir(join(root, folder)).catch(() => []))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
  return (await Promise.all(documents)).flat();
}

/** Every block of TypeScript or JavaScript in the documents. */
export async function samplesOf(root: string): Promise<Sample[]> {
  const found: Sample[] = [];
  for (const file of await documentsOf(root)) {
    const text = await readFile(join(root, file), 'utf8');
    for (const { index, 1: code = '' } of text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)) {
      found.push({ file, line: text.slice(0, index).split('\n').length, code });
    }
  }
  return found;
}
