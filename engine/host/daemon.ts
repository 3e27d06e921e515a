/**
 * A daemon in the data path: one thread drains the TUN ring and the UDP socket, one packet of each a round, with
 * a system call that finds nothing where only one has work. It sleeps in poll() once both are empty.
 *
 * Left out: its control socket (routes are not updated while packets flow), its blocking send buffer.
 * Source: flannel pkg/backend/udp/proxy_amd64.c, read at cdf76059.
 */
import { leaveLane } from './napi.ts';
import type { Partition } from './partition.ts';
import { CALL, POLL } from './rows.ts';

/**
 * Each packet leaves with its own system call. Where the other host's daemon is woken by each of them (one core set, no
 * NIC whose interrupts gather them), a long job would hold the first back for the last: about one packet a job, ns.
 */
const LONE_JOB_NS = 4_000;

/** One job: rounds until the cap. False: both queues are empty. */
export function daemonJob(p: Partition, t: number): boolean {
  const { threads, setup } = p;
  const { row } = setup.compiled;
  if (threads.aHead[t]! < 0 && threads.bHead[t]! < 0) return false;
  const capNs = setup.sharedCores ? LONE_JOB_NS : setup.jobCapNs;
  let dry = 0;
  while (p.job.ns < capNs && (threads.aHead[t]! >= 0 || threads.bHead[t]! >= 0)) {
    const out = threads.aHead[t]! >= 0;
    const into = threads.bHead[t]! >= 0;
    if (out) forward(p, t, true);
    if (into) forward(p, t, false);
    if (out !== into) dry++;
  }
  if (dry > 0) p.chargeColumn(row.daemonDry, CALL, dry);
  if (threads.aHead[t]! < 0 && threads.bHead[t]! < 0) p.chargeColumn(row.daemonIdle, POLL, 1);
  return true;
}

/** Takes one packet from a queue through the lane that begins there. */
function forward(p: Partition, t: number, tun: boolean): void {
  const { batches, threads, setup } = p;
  const head = tun ? threads.aHead[t]! : threads.bHead[t]!;
  let b = head;
  if (batches.packets[head]! > 1) {
    b = batches.splitFront(head, 1);
  } else if (tun) threads.aHead[t] = batches.next[head]!;
  else threads.bHead[t] = batches.next[head]!;
  if (tun) threads.aCount[t]! -= 1;
  else threads.bCount[t]! -= 1;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  batches.units[b] = 1;
  p.coldCall();
  p.charge(lane.rowPlain, 1, 1, batches.bytes[b]!);
  leaveLane(p, b, lane);
}
