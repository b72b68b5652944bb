export { changeKey, namedKey } from './keys/change-key.ts';
export { createKeyFile, openKeyFile } from './keys/key-file.ts';
export type { Delivered } from './log/deliveries.ts';
export { type LogAnswer, logHandler } from './log/handler.ts';
export { LogFolder, type ProvedLeaf } from './log/log-folder.ts';
export type { StoredCheckpoint } from './log/memory.ts';
export {
  type Published,
  Publisher,
  type PublisherOptions,
} from './log/publisher.ts';
export type { SinkState } from './log/sink-state.ts';
export { type Listening, serveLog, serveWitness } from './serve.ts';
export { policySinks, readPolicyFile, readSinks, type SinksFile } from './sinks/config.ts';
export { directorySink } from './sinks/directory.ts';
export { type HttpSinkOptions, httpSink } from './sinks/http.ts';
export { type Rfc3161SinkOptions, rfc3161Sink } from './sinks/rfc3161.ts';
export type { Delivery, Receipt, Sink } from './sinks/sink.ts';
export { witnessSink } from './sinks/witness.ts';
export {
  type RefusedCheckpoint,
  Witness,
  type WitnessAnswer,
  type WitnessOptions,
} from './witness/witness.ts';
