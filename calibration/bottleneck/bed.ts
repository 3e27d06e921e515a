/**
 * TCP over a token bucket: senders, a byte-limited tail-drop queue, receivers that read at once. No hosts, no CPU:
 * what it shows is the transport's own. Packet by packet on the wire.
 *
 * The set-up of the measured bed (docs/SOURCES.md, K10): frames of payload + 66 B, bucket of `burstBytes`, one-way
 * delays in both directions, 5 µs between frames of a host.
 */
import { TcpTable } from '../../engine/transport/tcpTable.ts';
import { Agenda, Alarm } from './agenda.ts';
import { type Frame, TokenBucket } from './bucket.ts';
import type { BottleneckRecord, BottleneckSpec } from './spec.ts';

const MSS = 1448;
const HOST_GAP_PS = 5e6;
/** Windows and round-trip times are looked at ten times a second. */
const SAMPLE_PS = 100e9;

interface Ends {
  readonly s: number;
  readonly r: number;
  readonly sAlarm: Alarm;
  readonly rAlarm: Alarm;
}

/** Senders, bucket, receivers. */
class Bed {
  readonly agenda = new Agenda();
  readonly senders: TcpTable;
  readonly receivers: TcpTable;
  readonly bucket: TokenBucket;
  readonly ends: Ends[] = [];
  private readonly oneWayPs: number;
  private readonly note: (sent: boolean, seq: number) => void;
  private outFree = 0;
  private backFree = 0;

  constructor(o: BottleneckSpec, note: (sent: boolean, seq: number) => void) {
    const { congestion } = o;
    this.note = note;
    // The kernel's TCP makes GSO skbs whatever its devices can; the first device cuts them. And the bed's sockets were
    // paced: its default is BBR, which starts a socket's pacing when it connects, and iperf3 chooses CUBIC or Reno
    // only then. (Inferred from the kernel's settings; without either, small buffers drop a quarter as many packets.)
    const options = {
      congestion,
      rmemMaxBytes: 6_291_456,
      wmemMaxBytes: 4_194_304,
      gsoMaxBytes: 65_536,
      paced: o.paced ?? true,
    };
    this.senders = new TcpTable(options, 8);
    this.receivers = new TcpTable(options, 8);
    // The delay line of the bed adds 0.2 ms to the round trip; without it some tens of µs of two hosts remain.
    this.oneWayPs = o.delayUs * 1e6 + (o.delayUs > 0 ? 100e6 : 15e6);
    this.bucket = new TokenBucket(this.agenda, o, (frame) => this.arrive(frame));
    for (let flow = 0; flow < o.flows; flow++) this.open(flow);
  }

  private open(flow: number): void {
    const { agenda, senders, receivers } = this;
    const s = senders.open(MSS);
    const r = receivers.open(MSS);
    const sAlarm = new Alarm(agenda, senders, s, () => {
      senders.onTimer(s, agenda.now);
      this.send(flow);
    });
    const rAlarm = new Alarm(agenda, receivers, r, () => {
      if ((receivers.onTimer(r, agenda.now) & 2) !== 0) this.acknowledge(flow);
    });
    this.ends.push({ s, r, sAlarm, rAlarm });
    agenda.at(flow * 1e8, () => this.send(flow));
  }

  private send(flow: number): void {
    const { agenda, senders } = this;
    const { s, sAlarm } = this.ends[flow]!;
    // Always data to send, never more than the send buffer holds.
    while (senders.writableBytes(s) > 0) senders.write(s, 131_072);
    while (senders.nextSkb(s, agenda.now)) {
      senders.fillAck(s, agenda.now);
      const { outSeq, outBytes, outPackets, ackTsEcr } = senders;
      for (let k = 0; k < outPackets; k++) {
        const bytes = k + 1 < outPackets ? MSS : outBytes - k * MSS;
        const frame = { flow, seq: outSeq + k * MSS, bytes, stamp: agenda.now, echo: ackTsEcr };
        this.outFree = Math.max(this.outFree, agenda.now) + HOST_GAP_PS;
        if (flow === 0) this.note(true, frame.seq + bytes);
        agenda.at(this.outFree + this.oneWayPs, () => this.bucket.offer(frame));
      }
    }
    sAlarm.sync();
  }

  private arrive(frame: Frame): void {
    const { agenda, receivers } = this;
    const { r, rAlarm } = this.ends[frame.flow]!;
    receivers.inTsVal = frame.stamp;
    receivers.onAck(r, agenda.now, 0, 65_536, frame.echo, 0, receivers.ackSack, 0, false, 1);
    const acks = receivers.onData(r, agenda.now, frame.seq, frame.bytes, 1, 1, false);
    const ready = receivers.readableBytes(r);
    const update = ready > 0 ? receivers.read(r, agenda.now, ready) : 0;
    for (let i = 0; i < Math.max(acks, update); i++) this.acknowledge(frame.flow);
    rAlarm.sync();
  }

  private acknowledge(flow: number): void {
    const { agenda, senders, receivers } = this;
    receivers.fillAck(this.ends[flow]!.r, agenda.now);
    const { ackSeq, ackWindowBytes, ackTsEcr, ackSackCount } = receivers;
    const blocks = Float64Array.from(receivers.ackSack);
    const stamp = agenda.now;
    this.backFree = Math.max(this.backFree, agenda.now) + HOST_GAP_PS;
    agenda.at(this.backFree + this.oneWayPs, () => {
      const { s } = this.ends[flow]!;
      if (flow === 0) this.note(false, ackSeq);
      senders.pureAckStamp(s, stamp);
      senders.onAck(s, agenda.now, ackSeq, ackWindowBytes, ackTsEcr, ackSackCount, blocks, 0, false, 1);
      senders.check(s);
      this.send(flow);
    });
  }
}

/**
 * Runs the bed for `seconds` of its own time.
 * @param hooks.progress  told the simulated time, ps, with every sample; note: what the
 * first flow's sender sends (end of the payload) and what acknowledgement reaches it, in order
 */
export function runBottleneck(
  spec: BottleneckSpec,
  hooks: {
    readonly progress?: (simulatedPs: number, events: number) => void;
    readonly note?: (sent: boolean, seq: number) => void;
  } = {},
): BottleneckRecord {
  const bed = new Bed(spec, hooks.note ?? (() => undefined));
  const { agenda, senders, receivers, ends } = bed;
  const windows: number[] = [];
  const rtts: number[] = [];
  for (let t = SAMPLE_PS; t < spec.seconds * 1e12; t += SAMPLE_PS) {
    agenda.at(t, () => {
      for (const { s } of ends) {
        windows.push(senders.s.c.cwnd[s]! * MSS);
        rtts.push(senders.s.c.srtt[s]! / 1e9);
      }
      hooks.progress?.(agenda.now, agenda.count);
    });
  }
  agenda.run(spec.seconds * 1e12);
  const bytes = ends.reduce((sum, { r }) => sum + receivers.s.c.readSeq[r]!, 0);
  return {
    bottleneck: spec.bottleneck,
    events: agenda.count,
    goodputMbps: (bytes * 8) / spec.seconds / 1e6,
    drops: bed.bucket.drops,
    rttMs: upperMedian(rtts),
    cwndBytes: upperMedian(windows),
  };
}

/** The upper of two middle values: what the bed's tool took. */
function upperMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
