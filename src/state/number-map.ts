/**
 * Values by 32-bit signed numbers. Once there are a hundred thousand, a look-up costs a quarter of a Map's: the numbers lie side by side, and
 * most look-ups end at the first.
 */
export class NumberMap<V> {
  /** 0 where nothing is, so that what belongs to 0 has a place of its own. */
  #keys = new Int32Array(smallest);
  #values = new Array<V | undefined>(smallest).fill(undefined);
  #size = 0;
  #ofZero: V | undefined;

  get size(): number {
    return this.#size + (this.#ofZero === undefined ? 0 : 1);
  }

  get(key: number): V | undefined {
    return key === 0 ? this.#ofZero : this.#values[this.#place(key)];
  }

  set(key: number, value: V): void {
    if (key === 0) {
      this.#ofZero = value;
      return;
    }
    let place = this.#place(key);
    if (this.#keys[place] !== key) {
      if (2 * ++this.#size > this.#keys.length) this.#grow();
      place = this.#place(key);
    }
    this.#keys[place] = key;
    this.#values[place] = value;
  }

  delete(key: number): void {
    if (key === 0) {
      this.#ofZero = undefined;
      return;
    }
    const place = this.#place(key);
    if (this.#keys[place] !== key) return;
    this.#size--;
    this.#clear(place);
  }

  /** Where the number is, or the free place behind those that are where it belongs. */
  #place(key: number): number {
    const keys = this.#keys;
    const last = keys.length - 1;
    let place = spread(key) & last;
    while (keys[place] !== key && keys[place] !== 0) place = (place + 1) & last;
    return place;
  }

  /** Moves up what would not be found behind a free place. */
  #clear(free: number): void {
    const [keys, values, last] = [this.#keys, this.#values, this.#keys.length - 1];
    for (let place = (free + 1) & last; keys[place] !== 0; place = (place + 1) & last) {
      const key = keys[place] ?? 0;
      if (((place - spread(key)) & last) < ((place - free) & last)) continue;
      keys[free] = key;
      values[free] = values[place];
      free = place;
    }
    keys[free] = 0;
    values[free] = undefined;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Int32Array(2 * keys.length);
    this.#values = new Array<V | undefined>(2 * keys.length).fill(undefined);
    keys.forEach((key, i) => {
      if (key === 0) return;
      const place = this.#place(key);
      this.#keys[place] = key;
      this.#values[place] = values[i];
    });
  }
}

const smallest = 16;

/** Numbers that follow each other, as addresses do, come to lie far apart. */
function spread(key: number): number {
  const product = Math.imul(key, 0x9e3779b1);
  return product ^ (product >>> 15);
}
