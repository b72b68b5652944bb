// The door for browsers and for whoever receives a bundle instead of a file: everything that judges, nothing of Node.

export { type ProofReport, type TrustedSeal, verifyProof } from './proofs/verify-proof.ts';
export { openBundleStream } from './readers/stream.ts';
export type { NotChecked, Progress, Status, TenantReport, VerifyOptions } from './report.ts';
export type { LogSource } from './source.ts';
export { verifyTenant } from './verify-tenant.ts';
