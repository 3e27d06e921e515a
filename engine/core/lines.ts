/**
 * Zeroed memory that begins where a cache line does, so that a row of 64 or 128 bytes lies in as few lines as it can.
 *
 * Why: an ArrayBuffer of its own begins 16 bytes behind a page (the allocator's header), and every row of a table
 * touched a line more than it had to. A WebAssembly memory begins at a page. Small requests share one.
 * Left out: giving back a part of a memory; it goes when nothing of it is in use.
 */
const LINE_BYTES = 64;
const PAGE_BYTES = 65_536;
/** Small requests are cut from memories of this size. */
const SHARED_BYTES = 64 * PAGE_BYTES;
/** What one WebAssembly memory can hold. */
const MEMORY_MAX_BYTES = 65_536 * PAGE_BYTES;

interface Memories {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
}
const { Memory } = (globalThis as unknown as { readonly WebAssembly: Memories }).WebAssembly;

let shared: ArrayBuffer | undefined;
let used = 0;

/** `count` zeroes, aligned to 64 bytes. */
export function lineFloats(count: number): Float64Array {
  const { buffer, offset } = cut(count * 8);
  return new Float64Array(buffer, offset, count);
}

export function lineInts(count: number): Int32Array {
  const { buffer, offset } = cut(count * 4);
  return new Int32Array(buffer, offset, count);
}

function cut(bytes: number): { buffer: ArrayBuffer; offset: number } {
  if (bytes > SHARED_BYTES / 4) return { buffer: memory(bytes), offset: 0 };
  if (shared === undefined || used + bytes > SHARED_BYTES) {
    shared = memory(SHARED_BYTES);
    used = 0;
  }
  const offset = used;
  used += Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
  return { buffer: shared, offset };
}

function memory(bytes: number): ArrayBuffer {
  // Beyond it, and where addresses are rationed, an unaligned buffer does as well, only slower.
  if (bytes > MEMORY_MAX_BYTES) return new ArrayBuffer(bytes);
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    return new Memory({ initial: pages, maximum: pages }).buffer;
  } catch {
    return new ArrayBuffer(bytes);
  }
}
