/**
 * Packet-hops a second of the fabric alone against the same in C++ (bench/reference), in turns, so that both meet the
 * same neighbours on a shared machine. CPU time of the windows; building the cluster is not in it.
 */
import { type FabricRun, runFabric } from './fabric.ts';
import { compileReference } from './reference/program.ts';

const HOSTS = [64, 256, 1024, 4096, 16_384];
/** About a million packets a run, so that all sizes last alike. */
const PACKETS = 1_000_000;
const ROUNDS = 5;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const rate = ({ hops, seconds }: FabricRun): number => hops / seconds / 1e6;
const two = (value: number): number => Number(value.toFixed(2));

export function fabricBench(): void {
  const program = compileReference('-O3', '-march=native');
  const rows: Record<string, number>[] = [];
  let first = 0;
  try {
    for (const hosts of HOSTS) {
      const packets = PACKETS / hosts;
      const last = runFabric(hosts, packets);
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(rate(runFabric(hosts, packets)));
        if (program !== null) theirs.push(rate(sameAs(last, program.run(hosts, packets))));
      }
      first ||= median(ours);
      const reference = program !== null && {
        'C++': two(median(theirs)),
        'TypeScript / C++': two(median(ours.map((own, round) => own / theirs[round]!))),
      };
      rows.push({
        hosts,
        'packet-hops': last.hops,
        'M packet-hops/s': two(median(ours)),
        ...reference,
        'events/hop': two(last.events / last.hops),
        'median delay, ns': Math.round(last.medianDelayNs),
        'rate / 64 hosts': two(median(ours) / first),
      });
    }
  } finally {
    program?.remove();
  }
  console.log(`fabric alone, packet by packet, 25 Gb/s at 30 % of a permutation, median of ${ROUNDS}`);
  console.table(rows);
  if (program === null) console.log('no g++ here: not compared with the C++ program');
}

/** @throws if the program has not done the same */
function sameAs(own: FabricRun, other: FabricRun): FabricRun {
  if (own.digest !== other.digest) throw new Error('bench/reference: its digest is not the engine’s');
  return other;
}
