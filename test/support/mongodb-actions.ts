import type { CommandStartedEvent, Document, MongoClient } from 'mongodb';

/** The privilege actions of MongoDB that a command needs on its collection. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  find: ['find'],
  aggregate: ['find'],
  count: ['find'],
  distinct: ['find'],
  insert: ['insert'],
  update: ['find', 'update'],
  findAndModify: ['find', 'update'],
  delete: ['find', 'remove'],
  create: ['createCollection'],
  createIndexes: ['createIndex'],
  listIndexes: ['listIndexes'],
  drop: ['dropCollection'],
  collMod: ['collMod'],
  renameCollection: ['renameCollection'],
  bulkWrite: ['bulkWrite'],
};
/** They need no more than what began them, or belong to every connection. */
const FREE = [
  'getMore',
  'killCursors',
  'hello',
  'ping',
  'endSessions',
  'commitTransaction',
  'abortTransaction',
];

/** Which collections are touched, and how, in the order of their names. */
export type Actions = ReadonlyMap<string, readonly string[]>;

/** Notes what a client does, piece by piece. The client has to monitor its commands. */
export function watchActions(client: MongoClient): (work: () => Promise<unknown>) => Promise<Actions> {
  let seen = new Map<string, Set<string>>();
  client.on('commandStarted', ({ commandName, command }: CommandStartedEvent) => {
    if (FREE.includes(commandName)) return;
    const [place, actions] =
      commandName === 'listCollections'
        ? ['the database', ['listCollections']]
        : [String(command[commandName]), needs(commandName, command)];
    const there = seen.get(place) ?? new Set();
    seen.set(place, there);
    for (const action of actions) there.add(action);
  });
  return async (work) => {
    seen = new Map();
    await work();
    return new Map(
      [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, all]) => [name, [...all].sort()]),
    );
  };
}

function needs(name: string, command: Document): readonly string[] {
  const actions = ACTIONS[name] ?? [`unknown: ${name}`];
  const updates = (command['updates'] ?? [command]) as readonly Document[];
  return updates.some(({ upsert }) => upsert === true) ? [...actions, 'insert'] : actions;
}
