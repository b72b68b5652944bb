import { Log, openStore } from '@sealtrail/store';
import { draft, TENANT } from './data.ts';
import { callers } from './measure.ts';

// One of several processes that append to one log: opens the store, waits for the others, appends its share, says when it was at work.

/** Appends that wait at the same time in each process. */
const CALLERS = 32;

/** Entries of a log of its own that a process appends first: one that appends for hours has compiled what it runs. */
const WARM_UP = 3_000;

const [location = '', first = '0', count = '0'] = process.argv.slice(2);
const store = await openStore(location);
const log = new Log(store);
await callers(WARM_UP, CALLERS, (i) => log.append(`${TENANT}-${process.pid}`, draft(i)));
process.stdout.write('ready\n');
await new Promise((go) => process.stdin.once('data', go));
const start = Date.now();
await callers(Number(count), CALLERS, (i) => log.append(TENANT, draft(Number(first) + i)));
const end = Date.now();
await log.close();
await store.close();
process.stdout.write(`${JSON.stringify({ start, end })}\n`);
process.stdin.destroy();
