import type { CommandStartedEvent, Db, Document, MongoClient } from 'mongodb';

/** A command that looks for documents, with what was asked for and how the server finds it. */
export interface MongodbPlan {
  readonly collection: string;
  /** The command with its values left out: the same for every question of one kind. */
  readonly question: string;
  /** Names of the indexes that it goes by, in the order in which the server names them. */
  readonly indexes: readonly string[];
  /** It looks at every document of the collection. */
  readonly scans: boolean;
  /** It has to sort what it found. */
  readonly sorts: boolean;
}

/** What a server looks for, of each command that can be explained. */
const ASKS = ['find', 'aggregate', 'count', 'distinct', 'update', 'delete', 'findAndModify'];
/** What a session and a transaction add to a command. */
const AROUND = [
  'lsid',
  '$db',
  '$clusterTime',
  '$readPreference',
  'txnNumber',
  'startTransaction',
  'autocommit',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
];

/** Collects what a client asks from now on, one command of each kind. The client has to monitor its commands. */
export function collectQuestions(client: MongoClient): Map<string, Document> {
  const asked = new Map<string, Document>();
  client.on('commandStarted', ({ commandName, command }: CommandStartedEvent) => {
    if (!ASKS.includes(commandName)) return;
    // Values stay what they are, but the lists of what is written: the driver writes them anew for each command.
    const own = Object.fromEntries(Object.entries(command).filter(([name]) => !AROUND.includes(name)));
    asked.set(questionOf(own), own);
  });
  return asked;
}

/** How the server finds what was asked for. */
export async function plansOf(db: Db, asked: ReadonlyMap<string, Document>): Promise<MongodbPlan[]> {
  const plans: MongodbPlan[] = [];
  for (const [question, command] of asked) {
    const explained = await db.command({ explain: command, verbosity: 'queryPlanner' });
    const text = JSON.stringify(winning(explained));
    plans.push({
      collection: String(Object.values(command)[0]),
      question,
      indexes: [...new Set([...text.matchAll(/"indexName":"([^"]+)"/g)].map(([, name]) => name as string))],
      scans: text.includes('COLLSCAN'),
      sorts: text.includes('"SORT"'),
    });
  }
  return plans.sort((a, b) => (a.question < b.question ? -1 : 1));
}

/** The plans that were chosen, wherever they stand: beside them are those that were not. */
function winning(explained: unknown): unknown[] {
  if (typeof explained !== 'object' || explained === null) return [];
  return Object.entries(explained).flatMap(([name, value]) =>
    name === 'winningPlan' ? [value] : winning(value),
  );
}

function questionOf(command: Document): string {
  const [name = '', collection] = Object.entries(command)[0] ?? [];
  const { sort, limit } = command;
  const writes = (command['updates'] ?? command['deletes']) as readonly { readonly q: unknown }[] | undefined;
  const what = command['pipeline'] ?? command['filter'] ?? command['query'] ?? writes?.[0]?.q ?? {};
  const order = sort === undefined ? '' : ` sort ${shape(sort, true)}`;
  return `${collection}.${name} ${shape(what)}${order}${limit === undefined ? '' : ' limit'}`;
}

/** @param kept whether numbers say something about the question, as an order does */
function shape(value: unknown, kept = false): string {
  if (value instanceof Map) return shape(Object.fromEntries(value), kept);
  if (Array.isArray(value)) {
    const shapes = [...new Set(value.map((one) => shape(one, kept)))];
    return `[${shapes.join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null || value.constructor !== Object) {
    return kept || (typeof value === 'string' && value.startsWith('$')) ? String(value) : '?';
  }
  return `{${Object.entries(value)
    .map(([name, one]) => `${name}: ${shape(one, kept)}`)
    .join(', ')}}`;
}
