import { type AppendTask, measureAppends } from './append-figure.ts';
import { mongodbBed } from './beds/mongodb.ts';
import { sqliteBed } from './beds/sqlite.ts';

// Measures one figure of appends in a process of its own.

const task = JSON.parse(process.argv[2] ?? '') as AppendTask;
const bed = task.store === 'sqlite' ? sqliteBed(task.place) : await mongodbBed(task.place);
const figure = await measureAppends(bed, task);
await bed.close();
process.stdout.write(JSON.stringify(figure));
