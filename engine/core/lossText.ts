/**
 * Where packets are lost, in words: a queue that overflows is a limit; a packet that is too large, bad luck on a link
 * or a table without room are none, and are called what they are.
 *
 * A full conntrack table has no share: each flow that it refuses loses one packet, and with it everything.
 */
import {
  Q_CONNTRACK,
  Q_FABRIC_MTU,
  Q_MTU,
  Q_RANDOM_LOSS,
  Q_REASSEMBLY,
  Q_STALE,
  QUEUE_NAMES,
} from './queues.ts';

const nameOf = (queue: number): string => QUEUE_NAMES[queue]!;

const OTHERS: Readonly<Record<string, (percent: string) => string>> = {
  [nameOf(Q_RANDOM_LOSS)]: (percent) => `random loss: ${percent}`,
  [nameOf(Q_CONNTRACK)]: () => 'drops: conntrack table full, new flows are refused',
  ...Object.fromEntries(
    [Q_MTU, Q_FABRIC_MTU, Q_REASSEMBLY, Q_STALE].map((queue) => [
      nameOf(queue),
      (percent: string) => `drops: ${nameOf(queue)}, ${percent} of packets`,
    ]),
  ),
};

/**
 * A loss as a binding's text.
 * @param reason  a name of engine/core/queues.ts
 * @param share   of the packets offered there, 0 … 1
 */
export function lossText(reason: string, share: number): string {
  const percent = (share * 100).toFixed(2);
  const other = OTHERS[reason];
  return other === undefined ? `queue limit: ${reason} drops ${percent} %` : other(`${Number(percent)} %`);
}
