import { asBoolean, asDocument, readFields } from './bson-fields.ts';
import type { Request } from './wire.ts';

export interface Upserts {
  /**
   * One key for each upsert: equal for upserts that could create the same document. They must not run at once, for
   * the engine would tell each of them that it had created it.
   */
  keys: string[];
  /** How many operations the command holds, upserts or not. */
  operations: number;
}

/** Looks into an update or findAndModify command. */
export function upserts(request: Request): Upserts {
  const found: Upserts = { keys: [], operations: 0 };
  for (const operation of operationsOf(request)) {
    found.operations++;
    const fields = readFields(operation);
    if (asBoolean(fields.get('upsert')) !== true) continue;
    const filter = asDocument(fields.get('q') ?? fields.get('query'));
    if (filter === undefined) continue;
    const id = readFields(filter).get('_id');
    found.keys.push((id ? id.value : filter).toString('latin1'));
  }
  return found;
}

function* operationsOf(request: Request): Generator<Buffer> {
  const sequence = request.sequences.get('updates');
  if (sequence) {
    for (let at = 0; at < sequence.length; ) {
      const end = at + sequence.readInt32LE(at);
      yield sequence.subarray(at, end);
      at = end;
    }
    return;
  }
  const updates = asDocument(request.fields.get('updates'));
  if (updates === undefined) {
    yield request.body;
    return;
  }
  for (const field of readFields(updates).values()) {
    const operation = asDocument(field);
    if (operation) yield operation;
  }
}
