/**
 * Hashes that place packets: the Toeplitz hash of receive-side scaling, and a cheap mixer for ECMP.
 *
 * Toeplitz: every set bit of the input adds (xor) the 32 bits of the key that start at its position.
 * Left out: other keys (Linux draws one per boot; a fixed one keeps runs repeatable).
 * Source: Microsoft, "RSS hashing types" and "Verifying the RSS hash calculation" (key and test vectors).
 */

const keyBytes = [
  0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca,
  0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b,
  0xbe, 0xac, 0x01, 0xfa,
];

/** The key's 32 bits from each of the input positions: 288 of IPv6 with ports, of which IPv4 takes the first 96. */
const windows = Int32Array.from({ length: 288 }, (_, position) => {
  let window = 0;
  for (let bit = position; bit < position + 32; bit++) {
    window = (window << 1) | ((keyBytes[bit >> 3]! >> (7 - (bit & 7))) & 1);
  }
  return window;
});

/**
 * RSS hash of TCP or UDP over IPv4.
 * @param src    addresses as 32-bit words, first byte highest, signed or unsigned
 * @param sport  ports, 0 … 65,535
 * @returns      0 … 2^32 − 1; the low bits index the NIC's indirection table
 */
export function toeplitz4(src: number, dst: number, sport: number, dport: number): number {
  return (part(src, 0) ^ part(dst, 32) ^ part((sport << 16) | dport, 64)) >>> 0;
}

/** RSS hash of what has no ports, or whose ports the NIC does not hash: as toeplitz4 over both addresses. */
export function toeplitz2(src: number, dst: number): number {
  return (part(src, 0) ^ part(dst, 32)) >>> 0;
}

/**
 * RSS hash over IPv6: the words of source (4), destination (4) and, where they are hashed, of both ports (1), in
 * network order, signed or unsigned. Returns 0 … 2^32 − 1.
 */
export function toeplitzV6(words: readonly number[]): number {
  let hash = 0;
  for (let i = 0; i < words.length; i++) hash ^= part(words[i]!, 32 * i);
  return hash >>> 0;
}

function part(input: number, position: number): number {
  let hash = 0;
  let bits = input | 0;
  while (bits !== 0) {
    const place = Math.clz32(bits);
    hash ^= windows[position + place]!;
    bits &= ~(0x8000_0000 >>> place);
  }
  return hash;
}

/**
 * Mixes two 32-bit words into one; every input bit changes every output bit half of the time. Not symmetric.
 * @param b  the second word: more input, or a switch's seed (equal seeds along a path: polarised ECMP)
 * @returns  0 … 2^32 − 1
 */
export function mix32(a: number, b: number): number {
  let z = (Math.imul(a, 0x9e3779b1) + b) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
