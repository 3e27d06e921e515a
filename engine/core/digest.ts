/**
 * Rolling digest of a run: 64 bits over (time, word) of every event, in order. Equal digests, equal runs.
 *
 * Two 32-bit lanes, three multiplications an event. For a given event a step is one-to-one on the state, so a
 * difference, once in, can leave again only by a coincidence of 2^-64. Left out: any defence against design.
 */
export class Digest {
  private a = 0x243f6a88;
  private b = 0x85a308d3 | 0;

  /**
   * @param time  whole ps, 0 … 2^53 − 1
   * @param word  int32: class, kind and actor of the event, packed by the caller
   */
  fold(time: number, word: number): void {
    const low = this.a ^ (time | 0);
    const high = ((this.b ^ word) + Math.imul((time / 0x1_0000_0000) | 0, 0x27d4eb2f)) | 0;
    const a = (Math.imul(low, 0x2c1b3c6d) + ((high << 13) | (high >>> 19))) | 0;
    this.b = Math.imul(high, 0x297a2d39) ^ (a >>> 15);
    this.a = a;
  }

  /** Sixteen hex digits; folding may go on afterwards. */
  hex(): string {
    const a = mix(this.a ^ ((this.b << 16) | (this.b >>> 16)));
    const b = mix((this.b + a) | 0);
    return word(a) + word(b);
  }

  /**
   * One digest of many, by position: partitions by their index, never by the order in which they ended.
   * @param hexes  results of hex()
   */
  static combine(hexes: readonly string[]): string {
    const all = new Digest();
    for (const hex of hexes) {
      all.fold(Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8), 16) | 0);
    }
    return all.hex();
  }
}

function mix(value: number): number {
  let z = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
