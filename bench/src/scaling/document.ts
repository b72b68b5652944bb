import { TABLES } from './tables.ts';
import type { UnitFile } from './units.ts';

const PLACE = /<!-- model:begin ([a-z]+) -->\n[\s\S]*?<!-- model:end -->/g;

/**
 * A document with its tables written anew.
 *
 * @throws Error for a place whose table the model does not have, or a table that has no place
 */
export function withTables(text: string, file: UnitFile): string {
  const left = new Set(Object.keys(TABLES));
  const written = text.replace(PLACE, (_, name: string) => {
    const make = TABLES[name];
    if (make === undefined || !left.delete(name)) throw new Error(`no table ${name}, or not twice`);
    return `<!-- model:begin ${name} -->\n\n${make(file)}\n\n<!-- model:end -->`;
  });
  if (left.size > 0) throw new Error(`the document has no place for: ${[...left].join(', ')}`);
  return written;
}
