/**
 * Slow start as rounds of packets: a round ends when the last packet that was sent before it began is acknowledged, as
 * HyStart counts rounds (net/ipv4/tcp_cubic.c, bictcp_hystart_reset). Used on the live kernel and on the engine's TCP.
 */

/** A TCP packet as the delay line saw it. */
export interface Note {
  readonly atNs: number;
  readonly port: number;
  readonly bytes: number;
  readonly seq: number;
  readonly ack: number;
}

/** At the sender, in order: it sent up to `seq`, or learned that all before `seq` has arrived. */
export interface Seen {
  readonly sent: boolean;
  readonly seq: number;
}

/** A round that is not at least this much larger than the one before no longer doubles. */
const GROWS = 1.5;
const COOKIE_BYTES = 64;

export const parseNotes = (text: string): Note[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [atNs = 0, port = 0, bytes = 0, seq = 0, ack = 0] = line.split(' ').map(Number);
      return { atNs, port, bytes, seq, ack };
    });

/**
 * What the sender of the bulk flow saw: its packets pass the line when it sends them, ACKs reach it one delay after
 * they entered. Control connections carry little: the flow is that of the port that sent most.
 */
export function seenBy(notes: readonly Note[], delayNs: number, serverPort: number): Seen[] {
  const bytes = new Map<number, number>();
  for (const note of notes)
    if (note.port !== serverPort) bytes.set(note.port, (bytes.get(note.port) ?? 0) + note.bytes);
  const [port] = [...bytes].sort((a, b) => b[1] - a[1])[0] ?? [0];
  // iperf3's cookie goes first, alone and a round trip before the rest.
  const data = notes.filter((note) => note.port === port && note.bytes > COOKIE_BYTES);
  const first = data[0]?.seq ?? 0;
  const last = data.at(-1)?.seq ?? 0;
  const acks = notes.filter(({ port: from, ack }) => from === serverPort && ack > first && ack <= last);
  const seen = [
    ...data.map((note) => ({ atNs: note.atNs, sent: true, seq: note.seq + note.bytes - first })),
    ...acks.map((note) => ({ atNs: note.atNs + delayNs, sent: false, seq: note.ack - first })),
  ];
  return seen.sort((a, b) => a.atNs - b.atNs).map(({ sent, seq }) => ({ sent, seq }));
}

/** Packets sent in each round; the last may be cut off and is left away. */
export function roundsOf(seen: readonly Seen[]): number[] {
  const rounds = [0];
  let sentTo = 0;
  let end = 0;
  for (const { sent, seq } of seen) {
    if (sent) {
      // Sent again: no new packet.
      if (seq <= sentTo) continue;
      sentTo = seq;
      rounds[rounds.length - 1]! += 1;
      if (end === 0) end = -1;
    } else if (end < 0 || seq > end) {
      end = sentTo;
      rounds.push(0);
    }
  }
  return rounds.slice(0, -1);
}

/** The round, from 0, that no longer doubles: slow start has ended in the one before. */
export function exitOf(rounds: readonly number[]): number | null {
  const at = rounds.findIndex((packets, round) => round > 0 && packets < GROWS * rounds[round - 1]!);
  return at < 0 ? null : at;
}
