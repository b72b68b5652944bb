/**
 * Cuts a byte stream into frames. Chunks are joined only once a whole frame has arrived, so a 40 MB message
 * costs one copy and not one copy for each chunk.
 */
export class Frames {
  readonly #headerSize: number;
  readonly #lengthOf: (header: Buffer) => number;
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted: number;

  /**
   * @param headerSize bytes needed before `lengthOf` can answer
   * @param lengthOf the whole length of the frame that begins with this header
   */
  constructor(headerSize: number, lengthOf: (header: Buffer) => number) {
    this.#headerSize = headerSize;
    this.#lengthOf = lengthOf;
    this.#wanted = headerSize;
  }

  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return [];

    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#held);
    const frames: Buffer[] = [];
    let at = 0;
    this.#wanted = this.#headerSize;
    while (bytes.length - at >= this.#headerSize) {
      const length = this.#lengthOf(bytes.subarray(at, at + this.#headerSize));
      if (length < this.#headerSize) throw new Error(`A frame announces ${length} bytes`);
      if (bytes.length - at < length) {
        this.#wanted = length;
        break;
      }
      frames.push(bytes.subarray(at, at + length));
      at += length;
    }
    this.#held = bytes.length - at;
    this.#chunks = this.#held > 0 ? [bytes.subarray(at)] : [];
    return frames;
  }
}
