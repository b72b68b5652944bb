export { ALERT_CODES, type Alert, type AlertCode } from './anchoring/events.ts';
export { readConfig } from './config/read-config.ts';
export type { CompleteConfig, WorkerConfig } from './config/schema.ts';
export type { Logger } from './observe/logger.ts';
export { type AnchoringWorker, createWorker, type Started, type WorkerOptions } from './worker.ts';
