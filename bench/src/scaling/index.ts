// What tests hold against real proofs and the committed document.
export { withTables } from './document.ts';
export { predictedEntryProof, predictedHistoryProof } from './proof-samples.ts';
export { inclusionHashes, rangeHashes } from './proof-sizes.ts';
export { simulate } from './simulate.ts';
export { readUnitFile } from './units.ts';
