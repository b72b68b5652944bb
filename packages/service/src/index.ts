export type { Identity, Role, Scope } from './access/identity.ts';
export { type NewToken, newTokenSchema } from './access/tokens.ts';
export { type CommandTokens, openTokens } from './command-tokens.ts';
export type { TokenList, TokenRow } from './data/port.ts';
export type { Checkpoint, Limits, Logger, ServiceOptions, Sink } from './options.ts';
export type { Run, RunProgress } from './runs/run.ts';
export { createService, type Service } from './service.ts';
