// @ts-check

// What the thread of a campaign loads, by name.

export { fuzzCommands } from './commands.mjs';
export { fuzzFiles } from './files.mjs';
export { fuzz } from './run.mjs';
export { fuzzService } from './service.mjs';
export { fuzzStores } from './stores.mjs';
