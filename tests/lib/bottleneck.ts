/**
 * TCP over a token bucket: senders, a byte-limited tail-drop queue, receivers that read at once. No hosts, no CPU:
 * what it shows is the transport's own. Packet by packet on the wire.
 *
 * The set-up of the measured bed (docs/SOURCES.md, K10): frames of payload + 66 B, bucket of `burstBytes`, one-way
 * delays in both directions, 5 µs between frames of a host.
 */
import { TcpTable } from '../../engine/transport/tcpTable.ts';

const MSS = 1448;
const HEADER_BYTES = 66;
const HOST_GAP_PS = 5e6;

export interface BottleneckOptions {
  readonly congestion: 'cubic' | 'reno';
  readonly rateMbps: number;
  readonly delayUs: number;
  readonly limitBytes: number;
  readonly flows: number;
  readonly seconds: number;
  readonly burstBytes: number;
}

export interface BottleneckResult {
  readonly goodputMbps: number;
  readonly drops: number;
  readonly rttMs: number;
  readonly cwndBytes: number;
}

interface Frame {
  readonly flow: number;
  readonly seq: number;
  readonly bytes: number;
  readonly stamp: number;
  readonly echo: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** A binary heap by (time, entry): a second event list, so that the engine's own is not needed here. */
class Agenda {
  now = 0;
  private readonly heap: Event[] = [];
  private entered = 0;

  at(when: number, act: () => void): void {
    const { heap } = this;
    let i = heap.push({ at: when, order: this.entered++, act }) - 1;
    for (let p = (i - 1) >> 1; i > 0 && before(heap[i]!, heap[p]!); i = p, p = (i - 1) >> 1) swap(heap, i, p);
  }

  run(end: number): void {
    while (this.heap.length > 0 && this.heap[0]!.at <= end) {
      const event = this.take();
      this.now = event.at;
      event.act();
    }
  }

  private take(): Event {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      let c = 2 * i + 1;
      if (c >= heap.length) break;
      if (c + 1 < heap.length && before(heap[c + 1]!, heap[c]!)) c++;
      if (!before(heap[c]!, heap[i]!)) break;
      swap(heap, i, c);
      i = c;
    }
    return first;
  }
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
function swap(heap: Event[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}

/** A shaper as `tc tbf`: tokens by rate up to the burst, a queue limited in bytes. */
class TokenBucket {
  drops = 0;
  private tokens: number;
  private filledAt = 0;
  private queued = 0;
  private waiting = false;
  private readonly queue: Frame[] = [];
  private readonly agenda: Agenda;
  private readonly o: BottleneckOptions;
  private readonly out: (frame: Frame) => void;

  constructor(agenda: Agenda, o: BottleneckOptions, out: (frame: Frame) => void) {
    this.agenda = agenda;
    this.o = o;
    this.out = out;
    this.tokens = o.burstBytes;
  }

  offer(frame: Frame): void {
    const size = frame.bytes + HEADER_BYTES;
    if (this.queued + size > this.o.limitBytes) {
      this.drops++;
      return;
    }
    this.queued += size;
    this.queue.push(frame);
    this.serve();
  }

  private serve(): void {
    const { agenda, o, queue } = this;
    const psPerByte = 8e6 / o.rateMbps;
    this.tokens = Math.min(o.burstBytes, this.tokens + (agenda.now - this.filledAt) / psPerByte);
    this.filledAt = agenda.now;
    while (queue.length > 0 && this.tokens >= queue[0]!.bytes + HEADER_BYTES - 1e-6) {
      const frame = queue.shift()!;
      this.tokens -= frame.bytes + HEADER_BYTES;
      this.queued -= frame.bytes + HEADER_BYTES;
      agenda.at(agenda.now + 2e6, () => this.out(frame));
    }
    if (queue.length === 0 || this.waiting) return;
    this.waiting = true;
    const missing = queue[0]!.bytes + HEADER_BYTES - this.tokens;
    agenda.at(agenda.now + Math.ceil(missing * psPerByte), () => {
      this.waiting = false;
      this.serve();
    });
  }
}

/** Calls `fire` when the endpoint's deadline has come; later deadlines are found out then. */
class Alarm {
  private armed = Infinity;
  private readonly agenda: Agenda;
  private readonly table: TcpTable;
  private readonly ep: number;
  private readonly fire: () => void;

  constructor(agenda: Agenda, table: TcpTable, ep: number, fire: () => void) {
    this.agenda = agenda;
    this.table = table;
    this.ep = ep;
    this.fire = fire;
  }

  sync(): void {
    const at = this.table.timerPs(this.ep);
    if (at >= this.armed) return;
    this.armed = at;
    this.agenda.at(Math.max(at, this.agenda.now), () => {
      if (this.armed !== at) return;
      this.armed = Infinity;
      if (this.table.timerPs(this.ep) <= this.agenda.now) this.fire();
      this.sync();
    });
  }
}

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
  private outFree = 0;
  private backFree = 0;

  constructor(o: BottleneckOptions) {
    const { congestion } = o;
    // The kernel's TCP makes GSO skbs whatever its devices can; the first device cuts them. And the bed's sockets were
    // paced: its default is BBR, which starts a socket's pacing when it connects, and iperf3 chooses CUBIC or Reno
    // only then. (Inferred from the kernel's settings; without either, small buffers drop a quarter as many packets.)
    const options = {
      congestion,
      rmemMaxBytes: 6_291_456,
      wmemMaxBytes: 4_194_304,
      gsoMaxBytes: 65_536,
      paced: true,
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
      senders.pureAckStamp(s, stamp);
      senders.onAck(s, agenda.now, ackSeq, ackWindowBytes, ackTsEcr, ackSackCount, blocks, 0, false, 1);
      senders.check(s);
      this.send(flow);
    });
  }
}

export function runBottleneck(o: BottleneckOptions): BottleneckResult {
  const bed = new Bed(o);
  const { agenda, senders, receivers, ends } = bed;
  const windows: number[] = [];
  const rtts: number[] = [];
  for (let t = 100e9; t < o.seconds * 1e12; t += 100e9) {
    agenda.at(t, () => {
      for (const { s } of ends) {
        windows.push(senders.s.c.cwnd[s]! * MSS);
        rtts.push(senders.s.c.srtt[s]! / 1e9);
      }
    });
  }
  agenda.run(o.seconds * 1e12);
  const bytes = ends.reduce((sum, { r }) => sum + receivers.s.c.readSeq[r]!, 0);
  return {
    goodputMbps: (bytes * 8) / o.seconds / 1e6,
    drops: bed.bucket.drops,
    rttMs: median(rtts),
    cwndBytes: median(windows),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
