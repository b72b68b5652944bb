/**
 * A map that entries come into and go out of for hours.
 *
 * The engine moves such a map to a new table again and again, and an old table keeps the one after it alive. Once one of them is old
 * enough for memory that is seldom looked through, whatever is put into the map from then on is kept, and copied, until that memory is.
 * A new map has no table before it; it is made when that costs no more than the deletions before it did.
 */
export class PassingMap<K, V> {
  #map = new Map<K, V>();
  #deleted = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
  }

  delete(key: K): void {
    if (!this.#map.delete(key) || ++this.#deleted < this.#map.size) return;
    this.#map = new Map(this.#map);
    this.#deleted = 0;
  }

  values(): IterableIterator<V> {
    return this.#map.values();
  }
}
