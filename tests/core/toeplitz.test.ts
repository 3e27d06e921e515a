/** RSS hash against Microsoft's published vectors; the ECMP mixer by its spread. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mix32, toeplitz2, toeplitz4 } from '../../engine/core/toeplitz.ts';

const address = (text: string): number =>
  text.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0);

test("Microsoft's verification suite for IPv4", () => {
  const vectors = [
    ['66.9.149.187', 2794, '161.142.100.80', 1766, 0x51ccc178, 0x323e8fc2],
    ['199.92.111.2', 14230, '65.69.140.83', 4739, 0xc626b0ea, 0xd718262a],
    ['24.19.198.95', 12898, '12.22.207.184', 38024, 0x5c2b394a, 0xd2d0a5de],
    ['38.27.205.30', 48228, '209.142.163.6', 2217, 0xafc7327f, 0x82989176],
    ['153.39.163.191', 44251, '202.188.127.2', 1303, 0x10e828a2, 0x5d1809c5],
  ] as const;
  for (const [src, sport, dst, dport, withPorts, addressesOnly] of vectors) {
    assert.equal(toeplitz4(address(src), address(dst), sport, dport), withPorts, src);
    assert.equal(toeplitz2(address(src), address(dst)), addressesOnly, src);
    assert.equal(toeplitz2(address(src) >>> 0, address(dst) >>> 0), addressesOnly, src);
  }
});

test('mix32 changes half of its bits with each input bit, and depends on the order of its inputs', () => {
  let changed = 0;
  for (let word = 0; word < 200; word++) {
    for (let bit = 0; bit < 32; bit++) {
      for (const other of [mix32(word ^ (1 << bit), 9), mix32(word, 9 ^ (1 << bit))]) {
        changed +=
          (other ^ mix32(word, 9)) === 0
            ? 0
            : ((other ^ mix32(word, 9)) >>> 0).toString(2).replaceAll('0', '').length;
      }
    }
  }
  // 12,800 pairs of 32 fair bits: the mean has standard deviation sqrt(8 / 12,800) = 0.025.
  assert.ok(Math.abs(changed / 12_800 - 16) < 0.25, `${changed / 12_800} bits`);
  assert.notEqual(mix32(1, 2), mix32(2, 1));
  assert.ok(mix32(-5, 3) >= 0);
});

test('neighbouring nodes spread evenly over four uplinks, differently under another seed', () => {
  const counts = [0, 0, 0, 0];
  let same = 0;
  for (let node = 0; node < 10_000; node++) {
    const uplink = mix32(node, 1) % 4;
    counts[uplink]! += 1;
    if (uplink === mix32(node, 2) % 4) same += 1;
  }
  // Binomial(10,000, 1/4): standard deviation 43.3.
  for (const count of counts) assert.ok(Math.abs(count - 2_500) < 217, `${counts}`);
  assert.ok(Math.abs(same - 2_500) < 217, `${same} of 10,000 on the same uplink`);
});
