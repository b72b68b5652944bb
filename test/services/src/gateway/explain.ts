import type { Document } from 'bson';
import type { Runner } from './engine.ts';
import { Code, CommandError } from './errors.ts';
import { decode, encode, type Request } from './wire.ts';

/** What PostgreSQL says of a step of its plan, as far as it is told on. */
interface Step {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Step[];
}

/** As MongoDB names it: `stage`, and what it takes its documents from. */
interface Stage {
  readonly stage: string;
  readonly indexName?: string | undefined;
  readonly inputStage?: Stage | undefined;
  readonly inputStages?: readonly Stage[] | undefined;
}

/** Answers `explain`: the plan of a command that reads, and of what a write looks for, in MongoDB's words. */
export async function explain(run: Runner, request: Request): Promise<Buffer> {
  const asked = decode(request.body)['explain'] as Document;
  const { query, command } = reading(asked);
  const hex = encode(command).toString('hex');
  const rows = await run(
    `EXPLAIN (FORMAT JSON, COSTS OFF) SELECT document FROM documentdb_api_catalog.bson_aggregation_${query}` +
      `($sealtrail$${request.db}$sealtrail$, '\\x${hex}'::bytea::documentdb_core.bson)`,
    [],
  );
  const [{ Plan: plan }] = JSON.parse(rows.map(([line]) => line?.toString('utf8')).join('\n')) as [
    { Plan: Step },
  ];
  const namespace = `${request.db}.${Object.values(asked)[0]}`;
  return encode({ queryPlanner: { namespace, winningPlan: stageOf(plan) }, ok: 1 });
}

/** The command itself if it only reads; else the search for what it writes. */
function reading(asked: Document): { query: string; command: Document } {
  const [name = '', collection] = Object.entries(asked)[0] ?? [];
  const find = (filter: unknown, sort?: unknown) => ({
    query: 'find',
    command: { find: collection, filter, ...(sort === undefined ? {} : { sort }) },
  });
  switch (name) {
    case 'find':
    case 'count':
    case 'distinct':
      return { query: name, command: asked };
    case 'aggregate':
      return { query: 'pipeline', command: asked };
    case 'update':
      return find(asked['updates'][0].q);
    case 'delete':
      return find(asked['deletes'][0].q);
    case 'findAndModify':
      return find(asked['query'], asked['sort']);
    default:
      throw new CommandError(Code.CommandNotFound, `cannot explain '${name}'`);
  }
}

const STAGES = new Map([
  ['Sort', 'SORT'],
  ['Incremental Sort', 'SORT'],
  ['Limit', 'LIMIT'],
  ['Aggregate', 'GROUP'],
  ['Append', 'OR'],
  ['BitmapOr', 'OR'],
  ['Seq Scan', 'COLLSCAN'],
]);
const INDEX_SCANS = ['Index Scan', 'Index Only Scan', 'Bitmap Index Scan'];
/** Every document of a collection, found by what the engine stores beside each. */
const WHOLE = /^\(shard_key_value = '\d+'::bigint\)$/;

function stageOf(step: Step): Stage {
  const inputs = (step.Plans ?? []).map(stageOf);
  const [first] = inputs;
  if (INDEX_SCANS.includes(step['Node Type'])) {
    if (WHOLE.test(step['Index Cond'] ?? '')) return { stage: 'COLLSCAN' };
    return { stage: 'IXSCAN', indexName: step['Index Name'] };
  }
  const stage = STAGES.get(step['Node Type']);
  // Steps of the engine's own between two that MongoDB knows.
  if (stage === undefined && inputs.length === 1) return first as Stage;
  const named = stage ?? step['Node Type'].toUpperCase();
  return inputs.length > 1 ? { stage: named, inputStages: inputs } : { stage: named, inputStage: first };
}
