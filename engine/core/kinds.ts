/**
 * Event kinds and classes. Classes order events of one instant: what comes from other racks first, then links, jobs,
 * timers, traffic, agents, measurement. K_SPINE, and K_TOR_UP of what leaves the rack, happen in stages of their own
 * (engine/fabric/arrivals.ts).
 */
export const K_SPINE = 0; //      batch at the spine port toward this rack (from another partition)
export const K_TOR_UP = 1; //     batch from a host at its ToR
export const K_TOR_DOWN = 2; //   batch from a spine at its ToR
export const K_NIC = 3; //        batch at a host's NIC
export const K_IRQ = 4; //        interrupt of a NIC queue
export const K_JOB_END = 5; //    a core finishes its job
export const K_CORE_WAKE = 6; //  a sleeping core is awake
export const K_SOCK_TIMER = 7; // deadline of a TCP socket
export const K_TRAFFIC = 8; //    next arrival of a traffic source
export const K_SAMPLE = 9; //     measurement
/** A control-plane agent's step (the agents come later; the kind and its place in the order are fixed). */
export const K_AGENT = 10;
export const K_WIRE_SOURCE = 11; // fabric-only source of packets (benchmark, comparison with simulators)
export const K_NOTE = 12; //       a job wakes a socket's thread before it ends

export const KIND_NAMES = [
  'spine',
  'tor-up',
  'tor-down',
  'nic',
  'irq',
  'job',
  'core-wake',
  'socket-timer',
  'traffic',
  'sample',
  'agent',
  'wire-source',
  'note',
] as const;

export const C_REMOTE = 0;
export const C_LINK = 1;
export const C_HOST = 2;
export const C_TIMER = 3;
export const C_TRAFFIC = 4;
export const C_AGENT = 5;
export const C_SAMPLE = 6;
