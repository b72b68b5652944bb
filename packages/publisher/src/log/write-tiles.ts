import { join } from 'node:path';
import {
  entryHash,
  type Hash,
  merkleRoot,
  readEntry,
  SEALS_TENANT,
  SealtrailError,
  ZERO_HASH,
} from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import {
  encodeEntryBundle,
  encodeHashTile,
  newTiles,
  readHashTile,
  TILE_WIDTH,
  type Tile,
  tilePath,
} from '@sealtrail/tlog';
import { putFile, tilesIn } from './files.ts';

/**
 * Writes the tiles of the operator's log for a new size. They say what is stored now; whether that extends what was signed
 * is for the caller to check before it signs.
 *
 * @param folder the folder that is published
 * @param from size that was published before
 * @param to size now
 * @param onEntry called for each entry that is new
 * @throws SealtrailError `log_broken` when entries are missing, altered or not linked to each other
 */
export async function writeTiles(
  store: Store,
  folder: string,
  from: number,
  to: number,
  onEntry: (text: string) => void,
): Promise<void> {
  const write = (tile: Tile, bytes: Uint8Array): Promise<void> =>
    putFile(join(folder, tilePath(tile)), bytes);
  const read = tilesIn(folder);
  // Full tiles come in their order, so that the one before is there.
  const lastBefore = async ({ index }: Tile): Promise<Hash> =>
    index === 0
      ? ZERO_HASH
      : (readHashTile(await read({ level: 0, index: index - 1, width: TILE_WIDTH }), TILE_WIDTH).at(
          -1,
        ) as Hash);
  // Generated level by level: the leaves with their hashes first, then each level from the full tiles below it.
  for (const tile of newTiles(from, to)) {
    if (tile.level === 'entries') {
      const { texts, hashes } = await readLeaves(store, tile, await lastBefore(tile));
      for (const [i, text] of texts.entries()) if (tile.index * TILE_WIDTH + i >= from) onEntry(text);
      await write(tile, encodeEntryBundle(texts));
      await write({ ...tile, level: 0 }, encodeHashTile(hashes));
    } else if (tile.level > 0) {
      const below = tile.level - 1;
      const hashes = await Promise.all(
        Array.from({ length: tile.width }, async (_, i) => {
          const full: Tile = { level: below, index: tile.index * TILE_WIDTH + i, width: TILE_WIDTH };
          return merkleRoot(readHashTile(await read(full), TILE_WIDTH));
        }),
      );
      await write(tile, encodeHashTile(hashes));
    }
  }
}

/** @param before hash of the leaf before the first, which it is linked to */
async function readLeaves(
  store: Store,
  { index, width }: Tile,
  before: Hash,
): Promise<{ readonly texts: string[]; readonly hashes: Hash[] }> {
  const first = index * TILE_WIDTH;
  const rows = await store.readFrom(SEALS_TENANT, first, width);
  const texts: string[] = [];
  const hashes: Hash[] = [];
  for (const { seq, entry, hash } of rows) {
    const place = first + texts.length;
    const { prev, seq: own } = readEntry(entry);
    if (seq !== place || own !== place || entryHash(entry) !== hash || prev !== (hashes.at(-1) ?? before))
      throw broken(place);
    texts.push(entry);
    hashes.push(hash);
  }
  if (texts.length !== width) throw broken(first + texts.length);
  return { texts, hashes };
}

function broken(position: number): SealtrailError {
  return new SealtrailError(
    'log_broken',
    `entry ${position} of the operator’s log is not what it must be; verify it`,
    {
      tenant: SEALS_TENANT,
      position,
    },
  );
}
