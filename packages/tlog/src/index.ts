export {
  type Checkpoint,
  encodeCheckpoint,
  openCheckpoint,
  readCheckpointText,
  type SignedCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
export {
  encodeVkey,
  type KeyRole,
  type NoteKey,
  newKey,
  noteKey,
  readVkey,
  type Signer,
  signerOf,
} from './note/key.ts';
export {
  encodeNote,
  encodeSignatureLine,
  isSignatureOf,
  type Note,
  type NoteSignature,
  readNote,
  readSignatureLines,
} from './note/note.ts';
export { type AcceptedCheckpoint, acceptCheckpoint, type Policy, policyOfKey, readPolicy } from './policy.ts';
export {
  encodeEntryBundle,
  encodeHashTile,
  newTiles,
  readEntryBundle,
  readHashTile,
  readTilePath,
  TILE_WIDTH,
  type Tile,
  tilePath,
} from './tiles/tile.ts';
export { type ReadTile, TileTree } from './tiles/tree.ts';
export { encodeTlogProof, readTlogProof, type TlogProof } from './tlog-proof.ts';
export { type Cosignature, cosign, cosignaturesOf } from './witness/cosignature.ts';
export {
  type AddCheckpoint,
  encodeAddCheckpoint,
  isExtension,
  judgeAddCheckpoint,
  readAddCheckpoint,
  SIZE_TYPE,
  type WitnessAnswer,
} from './witness/protocol.ts';
