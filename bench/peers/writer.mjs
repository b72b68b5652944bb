// @ts-check
import { draft } from '../dist/data.js';
import { PEERS } from './peers.mjs';

// One of two processes that append to one log: loads the package, waits for the other, appends.

const [id, folder = '', first = '0', count = '0'] = process.argv.slice(2);
const peer = PEERS.find((one) => one.id === id);
const form = peer?.forms.find(({ durable }) => durable);
if (peer === undefined || form === undefined) throw new Error(`no peer ${id}`);
process.stdout.write('ready\n');
await new Promise((go) => process.stdin.once('data', go));
const drafts = Array.from({ length: Number(count) }, (_, i) => draft(Number(first) + i));
await peer.append(folder, drafts, form);
process.exit();
