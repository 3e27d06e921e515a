/**
 * An explanation as text of at most 100 columns: a line or two a stage (its prices, then what it does where the line
 * has no room for it), sums a path.
 */
import type { Place } from '../engine/host/backend.ts';
import { wrap } from '../reports/grid.ts';
import type { ExplainedLane, ExplainedStage, Explanation, PathCost } from './explain.ts';
import type { colors } from './io.ts';

type Paint = ReturnType<typeof colors>;

/** Columns of a terminal that texts keep to. */
const WIDTH = 100;
/** Prices are aligned up to here; the few longer ones push their confidence to the right. */
const PRICES_WIDTH = 30;
/** Longer ones are wrapped, so that the confidence has room behind them. */
const PRICES_MAX = 60;
/** Under the class. */
const TEXT_INDENT = 19;

const PLACES: Readonly<Record<Place, string>> = {
  sameNode: 'same node',
  sameSubnet: 'same subnet',
  crossSubnet: 'across subnets',
};

const WHAT: Readonly<Record<string, string>> = {
  caller: 'pod device',
  nic: 'NIC receive queue',
  vethRing: 'veth ring',
  tunRing: 'TUN ring',
  udpSocket: 'UDP socket',
  wgCrypt: 'crypto workers',
  wgPeer: "peer's queue",
  wire: 'wire',
  socket: 'pod socket',
};

const CORES: Readonly<Record<string, string>> = {
  caller: "the caller's core",
  rps: 'a core by RPS',
  rss: "the RX queue's core",
  spread: 'spread over the cores',
  sched: 'where its thread runs',
};

const SERIAL: Readonly<Record<string, string>> = {
  core: '',
  host: ', one at a time per host',
  peer: ', one at a time per peer',
  none: ', several at once',
};

const NEEDS: Readonly<Record<string, string>> = {
  sameL2: 'all nodes in one L2 segment',
  fabricKnowsPods: 'across subnets: a fabric that routes to pods',
  ipv4: 'IPv4 addresses',
  protocol4Allowed: 'a network that passes IP protocol 4',
  foreignAddresses: 'plain paths: a network that passes addresses no node owns (no source/destination check)',
};

const UNITS: Readonly<Record<string, string>> = {
  first: 'a job',
  poll: 'a poll',
  irq: 'an interrupt',
  wake: 'a wake-up',
  call: 'a call',
  flow: 'a new flow',
  skb: 'an skb',
  packet: 'a packet',
  byte: 'a byte',
};

/** The whole of it, with its newline. */
export function renderExplanation(it: Explanation, paint: Paint): string {
  const stages = [
    ...it.paths.flatMap((path) => path.lanes.flatMap((lane) => lane.stages)),
    ...it.ends.flatMap((end) => end.stages),
  ];
  const line = (stage: ExplainedStage): string => stageLine(stage, paint);
  const sources = [...new Set(stages.map((stage) => stage.source))].sort().join('; ');
  return `${[
    ...intro(it, paint),
    ...it.paths.flatMap((path) => pathLines(path, line, paint)),
    '',
    paint.bold('ends of every path'),
    ...it.ends.flatMap((end) => [`  ${end.name}`, ...end.stages.map(line)]),
    ...it.servers.flatMap(({ name, drains }) => {
      const queues = drains.map((queue) => WHAT[queue] ?? queue).join(' and ');
      return ['', `one thread a host, ${name}, serves ${queues}`];
    }),
    '',
    field('needs', it.needs.map((need) => NEEDS[need] ?? need).join('; ') || 'nothing of the network'),
    field('control', `${it.control.protocol}; a peer costs a node ${it.control.entriesPerPeer}`),
    field('scaling', it.scaling),
    field('source', it.source),
    paint.dim(field('prices', `${sources} (docs/SOURCES.md)`)),
  ].join('\n')}\n`;
}

/** Text in lines of the terminal's width, further ones indented. */
const lines = (text: string, indent: number): string =>
  wrap(text, WIDTH - indent).join(`\n${' '.repeat(indent)}`);

const field = (name: string, text: string): string => name.padEnd(9) + lines(text, 9);

function intro(it: Explanation, paint: Paint): string[] {
  const share = ((it.payloadBytes / it.wireBytes) * 100).toFixed(1);
  return [
    paint.bold(`${it.backend}: ${it.title}`),
    `machine ${it.machine}; link MTU ${it.linkMtuBytes}, pod MTU ${it.podMtuBytes}, MSS ${it.tcpMssBytes}`,
    `a full packet carries ${it.payloadBytes} of ${it.wireBytes} bytes on the wire (${share} %)`,
    '',
    ...(Object.keys(PLACES) as Place[]).map(
      (place) => PLACES[place].padEnd(15) + lines(it.choose[place], 15),
    ),
  ];
}

function pathLines(
  path: Explanation['paths'][number],
  line: (stage: ExplainedStage) => string,
  paint: Paint,
): string[] {
  const headers = path.headers.map((header) => `${header.name} ${header.bytes}`).join(' + ');
  const total = path.headers.reduce((sum, header) => sum + header.bytes, 0);
  const outer = total === 0 ? 'no outer headers' : `outer headers ${headers} = ${total} bytes`;
  const wired = path.lanes.some((lane) => lane.host === 'receiver');
  return [
    '',
    `${paint.bold(`path ${path.name}`)}  ${outer}`,
    `  between the sockets, alone: ${path.costs.map((cost) => costText(cost, wired)).join(';\n    ')}`,
    `  copies ${2 + path.copies} and system calls ${2 + path.syscalls} a packet or skb, 2 of each at the sockets`,
    ...(path.opens.length > 0
      ? [`  a first packet waits for ${path.opens.join(' and ')} (cluster.coldNeighbours=true)`]
      : []),
    ...path.lanes.flatMap((lane) => [
      `  ${lines(laneText(lane), 4).replace(lane.name, paint.bold(lane.name))}`,
      ...lane.stages.map(line),
    ]),
  ];
}

const laneText = (lane: ExplainedLane): string =>
  `${lane.name}  ${lane.host}: ${WHAT[lane.from] ?? lane.from} → ${WHAT[lane.to] ?? lane.to}; ` +
  `${lane.context}, ${CORES[lane.core] ?? lane.core}${SERIAL[lane.serial] ?? ''}`;

function costText({ packets, bytes, senderNs, receiverNs }: PathCost, wired: boolean): string {
  const micros = (ns: number): string => `${(ns / 1000).toFixed(2)} µs`;
  const size = `${packets === 1 ? '1 packet' : `an skb of ${packets} packets`} (${bytes} B)`;
  return wired
    ? `${size} ${micros(senderNs)} on the sender, ${micros(receiverNs)} on the receiver`
    : `${size} ${micros(senderNs)}`;
}

const prices = (stage: ExplainedStage): string =>
  Object.entries(stage.ns)
    .map(([unit, ns]) => `${Number(ns.toPrecision(4))} ns ${UNITS[unit] ?? unit}`)
    .join(' + ') || '–';

function stageLine(stage: ExplainedStage, paint: Paint): string {
  const name = `    ${stage.stage.padEnd(14)} ${stage.class.padEnd(8)} `;
  const [price, ...more] = wrap(prices(stage), PRICES_MAX);
  const head = `${name}${price!.padEnd(PRICES_WIDTH)}  `;
  const text = `${stage.text}${stage.copies > 0 ? ', copies the payload' : ''}`;
  const behind = `${stage.confidence.padEnd(9)} ${text}`;
  if (more.length === 0 && head.length + behind.length <= WIDTH) return head + paint.dim(behind);
  return [
    head + paint.dim(stage.confidence),
    ...more.map((line) => ' '.repeat(name.length) + line),
    ' '.repeat(TEXT_INDENT) + paint.dim(lines(text, TEXT_INDENT)),
  ].join('\n');
}
