/**
 * The words of a report, as the model defines them.
 */
export const GLOSSARY: readonly (readonly [word: string, text: string])[] = [
  [
    'load',
    'Offered payload divided by the NIC rate. The load that it implies on the uplinks is given beside it.',
  ],
  ['goodput', 'Payload delivered to sockets for each second of the measured window.'],
  ['probe stream', 'A single bulk TCP stream between two nodes that otherwise carry the same traffic.'],
  ['RPC latency', 'From the request handed to the socket until the response has been read.'],
  [
    'slowdown',
    'Completion time of a flow divided by that of the same size alone on an idle cluster with host ' +
      'networking.',
  ],
  [
    'percentile',
    'Taken over the samples of all seeds together, and shown only with at least 100 samples beyond it. ' +
      'A range over seeds is shown only where each seed has as many. Unfinished flows count with their age.',
  ],
  [
    'utilisation',
    'Of a class of resource: mean over the measured time of the busiest instance of each node (port), ' +
      'then the mean over the nodes without a probe.',
  ],
  [
    'binding resource',
    'The class with the highest utilisation, from 90 % on. Otherwise a queue that drops more than 0.1 % ' +
      'of its packets, or the TCP window that holds senders more than half of the time. ' +
      'Otherwise nothing binds.',
  ],
  ['saturation load', 'Open-loop load divided by the highest utilisation: extrapolated, not simulated.'],
  [
    'overloaded',
    'The unfinished payload grows by more than 5 % of what is offered, over all seeds. Capacity is given, ' +
      'percentiles are not.',
  ],
  [
    'precision',
    'Half of the 95 % interval of a mean over seeds (Student t), as a share of the mean. Percentiles that one ' +
      'seed has too few samples for are taken of groups of seeds.',
  ],
  [
    'warm-up',
    'Simulated time before the measured window. It is called too short where MSER-5 finds that a figure still ' +
      'drifts in the window, by 1 % of its mean or more.',
  ],
  [
    'slice',
    'A few racks of a cluster whose hosts and uplinks carry the load that they have in the whole cluster.',
  ],
  ['range over seeds', 'Lowest and highest seed. Every backend meets the same arrivals under the same seed.'],
  ['CPU by class', 'user, system, softirq and irq, as /proc/stat accounts them; only what networking uses.'],
  [
    'copies per byte',
    'Copies of a payload byte on both hosts, between user space and kernel and inside the kernel.',
  ],
  ['assumed prices', 'Share of network CPU whose stage prices were neither measured nor published.'],
  [
    'skb',
    'What the stack handles at once: one packet, or up to 64 KB of them where segmentation is deferred.',
  ],
  ['softirq core', 'A core that handles received packets for its RX queue below the process level.'],
  ['daemon thread', 'A user-space thread that forwards packets, one a host.'],
  ['kworker', 'A kernel thread that encrypts or decrypts.'],
  ['digest', 'SHA-256 of everything in the result that does not depend on where and when it was computed.'],
];
