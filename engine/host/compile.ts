/**
 * Backend × machine × policy → flat lanes and rows. A lane is what one job does to a batch: it begins where
 * the path begins or at a queue, and ends at the wire, at another queue or in the pod's socket.
 *
 * Rules: WIRE is expanded by the machine (NIC or veth); steps whose fact does not hold are dropped; a softirq
 * hop on the caller's core fuses into the lane before it; a lane has a row for super-packets (GSO) and one for
 * single packets, which pay no segmentation.
 */
import type { PolicySpec } from '../core/taskSpec.ts';
import type { Backend, Fact, Hop, If, Path, Place, Unreachable } from './backend.ts';
import { type CommonRows, commonRows, singleRow } from './commonRows.ts';
import type { Machine } from './machine.ts';
import { RowBuilder, Rows } from './rows.ts';
import { type RuleCost, ruleCost } from './rules.ts';
import { connectStage, proxiedMachine, type Way, waysOf } from './services.ts';
import { STAGES, type StageDef, type StageId } from './stages.ts';
import { type TransportRows, transportRows } from './transportRows.ts';

/** Where a lane's batches come from. */
export type LaneEntry =
  | 'caller'
  | 'nic'
  | 'vethRing'
  | 'rps'
  | 'tunRing'
  | 'udpSocket'
  | 'wgCrypt'
  | 'wgPeer';
/** Where they go. */
export type LaneExit =
  | 'wire'
  | 'socket'
  | 'vethRing'
  | 'rps'
  | 'tunRing'
  | 'udpSocket'
  | 'wgCrypt'
  | 'wgPeer';

export interface Lane {
  readonly entry: LaneEntry;
  readonly exit: LaneExit;
  /** The hop that begins the lane, where a queue does. */
  readonly hop: Hop | null;
  /** Rows of single packets and of super-packets; +1: run from softirq. */
  readonly rowPlain: number;
  readonly rowGso: number;
  /** Super-packets leave this lane as packets. */
  readonly split: boolean;
  /** Packets may leave it merged. */
  readonly merge: boolean;
  readonly orphans: boolean;
  /** The lane begins on the receiving host; it ends there (a veth wire crosses inside one lane). */
  readonly receiver: boolean;
  readonly endsAtReceiver: boolean;
  readonly stages: readonly StageId[];
}

export interface CompiledPath {
  readonly name: string;
  readonly path: Path;
  readonly lanes: readonly Lane[];
  readonly headerBytes: number;
  readonly wired: boolean;
  /** The conntrack table of its hosts holds an entry of each flow; outer packets' entries apart. */
  readonly tracked: boolean;
}

export interface Compiled {
  readonly backend: Backend;
  readonly machine: Machine;
  readonly rows: Rows;
  readonly paths: readonly CompiledPath[];
  /** Path index by place, for who opens the connection; −1: unreachable. */
  readonly choose: Readonly<Record<Place, number>>;
  /** The same for who answers: another one where new flows or services' addresses make a difference. */
  readonly answer: Readonly<Record<Place, number>>;
  readonly row: CommonRows & TransportRows;
  /** Row of a connect() that finds its service in an eBPF map; −1: none does. */
  readonly serviceConnect: number;
}

/** @param policy what an skb passes at each netfilter pass of a host */
export function compile(backend: Backend, machine: Machine, policy: PolicySpec): Compiled {
  const rules = ruleCost(policy, machine);
  const rows = new Rows();
  const row = { ...commonRows(rows, machine), ...transportRows(rows, machine) };
  const kernel = proxiedMachine(machine, policy);
  const names = Object.keys(backend.paths);
  const ways = names.map((name) => waysOf(name, backend.paths[name]!, machine, policy));
  const paths = ways.flat().map((way) => compilePath(way, kernel, rules, rows));
  const stage = connectStage(policy);
  const serviceConnect = stage === null ? -1 : singleRow(rows, machine, 'service connect', stage);
  rows.seal();
  // `side` 0: the first way of the path that a place takes, 1: the last.
  const sides = (side: number): Record<Place, number> => {
    const at = (chosen: string | Unreachable): number => {
      if (typeof chosen !== 'string') return -1;
      const each = paths.length / names.length;
      return names.indexOf(chosen) * each + side * (each - 1);
    };
    const { sameNode, sameSubnet, crossSubnet } = backend.choose;
    return { sameNode: at(sameNode), sameSubnet: at(sameSubnet), crossSubnet: at(crossSubnet) };
  };
  return { backend, machine, rows, paths, choose: sides(0), answer: sides(1), row, serviceConnect };
}

interface LaneDraft {
  readonly entry: LaneEntry;
  exit: LaneExit;
  readonly hop: Hop | null;
  readonly steps: StageId[];
  readonly receiver: boolean;
  endsAtReceiver: boolean;
}

/** The lanes of a path while its steps are read. */
class PathDraft {
  readonly lanes: LaneDraft[] = [
    { entry: 'caller', exit: 'socket', hop: null, steps: [], receiver: false, endsAtReceiver: false },
  ];
  wired = false;
  tracked = false;

  add(...stages: StageId[]): void {
    if (stages.includes('CT') && this.lanes.length === 1 && !this.wired && !this.has('ENCAP')) {
      this.tracked = true;
    }
    this.lanes[this.lanes.length - 1]!.steps.push(...stages);
  }

  /** Whether the present lane has this stage. */
  has(stage: StageId): boolean {
    return this.lanes[this.lanes.length - 1]!.steps.includes(stage);
  }

  /** Ends the lane at a queue and begins the next there. */
  open(entry: LaneEntry, exit: LaneExit, hop: Hop | null): void {
    const last = this.lanes[this.lanes.length - 1]!;
    last.exit = exit;
    // A NIC's wire comes after its lane; a veth's is inside it.
    last.endsAtReceiver = this.wired && exit !== 'wire' && exit !== 'vethRing';
    this.lanes.push({
      entry,
      exit: 'socket',
      hop,
      steps: [],
      receiver: this.wired,
      endsAtReceiver: this.wired,
    });
  }
}

function compilePath(way: Way, machine: Machine, rules: RuleCost | null, rows: Rows): CompiledPath {
  const { name, path, newFlow } = way;
  const draft = new PathDraft();
  // The first device splits what TCP made, and nothing is left to split behind it.
  const early = !machine.facts.gso;
  if (early) draft.add('GSO_SW');
  for (const step of path.steps) {
    const stage = typeof step === 'object' && 'stage' in step ? step.stage : step;
    if (early && typeof stage === 'string' && GSO_ONLY.has(stage as StageId)) continue;
    if (step === 'WIRE') expandWire(path, machine, draft);
    else if (typeof step === 'string') draft.add(step);
    else if ('stage' in step) {
      if (holds(step.if, machine)) draft.add(step.stage);
    } else if (step.queue === 'backlog' || step.queue === 'groCell') {
      // A softirq hop on the caller's core without RPS fuses: its queue cannot overflow inside one job.
      draft.add(...step.first);
    } else draft.open(step.queue, step.queue, step);
  }
  // The first pass, of the pods' own packet, asks about a new flow; a host is asked once.
  const lanes = draft.lanes.map((d, i) =>
    compileLane(`${name}#${i}`, d, machine, { rules, newFlow: i === 0 ? newFlow : [] }, rows),
  );
  const headerBytes = path.headers.reduce((sum, h) => sum + h.bytes, 0);
  return { name, path, lanes, headerBytes, wired: draft.wired, tracked: draft.tracked };
}

/** Stages around the wire: the machine's part of every path. */
function expandWire(path: Path, machine: Machine, draft: PathDraft): void {
  const { facts } = machine;
  const tso = path.tunnel === 'udp' ? facts.udpTunnelTso : path.tunnel === 'ipip' ? facts.ipipTso : facts.tso;
  // What the path itself has split already (a tunnel device without checksums) is not split again.
  const split = !facts.gso || draft.has('GSO_SW');
  const segments: StageId[] = split ? [] : path.tunnel === undefined ? ['GSO_SW'] : ['GSO_SW', 'GSO_TUNNEL'];
  const merges = facts.gro && path.nicGro !== false;
  const gro: StageId[] = !merges ? ['GRO_MISS'] : path.tunnel === undefined ? ['GRO'] : ['GRO_TUNNEL', 'GRO'];
  draft.wired = true;
  if (machine.wire === 'veth') {
    if (!tso) draft.add(...segments);
    draft.add('VETH_XMIT');
    if (tso || !merges) {
      if (facts.rps) draft.open('rps', 'rps', null);
      draft.add('BACKLOG_POLL');
    } else {
      draft.open('vethRing', 'vethRing', null);
      draft.add(...gro);
    }
    return;
  }
  draft.add('QDISC');
  if (!tso) draft.add(...segments);
  draft.add('NIC_TX');
  draft.open('nic', 'wire', null);
  draft.add('NIC_RX_POLL', 'SKB_ALLOC');
  if (needsSoftwareCsum(path, machine)) draft.add('CSUM_SW');
  draft.add(...gro);
  // Steered after GRO: the rest of the stack runs on the core that the flow's hash names.
  if (!facts.rps) return;
  draft.open('rps', 'rps', null);
  draft.add('BACKLOG_POLL');
}

/** An outer checksum, verified by the NIC, saves the inner one's software pass. */
function needsSoftwareCsum(path: Path, machine: Machine): boolean {
  if (machine.facts.rxInnerCsum || path.tunnel === undefined) return false;
  return path.tunnel === 'ipip' || !path.headers.some((h) => h.csum === true);
}

function holds(condition: If, machine: Machine): boolean {
  const negated = condition.startsWith('no:');
  const fact = (negated ? condition.slice(3) : condition) as Fact;
  return machine.facts[fact] !== negated;
}

/** Segmentation and the checksums that only it makes: not paid by an skb of one packet. */
const GSO_ONLY: ReadonlySet<StageId> = new Set<StageId>(['GSO_SW', 'GSO_TUNNEL']);

const SOFTIRQ_ENTRIES: ReadonlySet<LaneEntry> = new Set<LaneEntry>(['nic', 'vethRing', 'rps']);

/** What a lane pays for the policy: at each pass of netfilter, and once for a new flow. */
interface Toll {
  readonly rules: RuleCost | null;
  readonly newFlow: readonly RuleCost[];
}

function compileLane(name: string, d: LaneDraft, machine: Machine, toll: Toll, rows: Rows): Lane {
  const defs = STAGES as Readonly<Record<StageId, StageDef>>;
  const merge = d.steps.some((s) => defs[s].form === 'merge');
  const build = (gso: boolean): number => {
    const cls = d.hop?.context === 'softirq' || SOFTIRQ_ENTRIES.has(d.entry) ? 'softirq' : 'system';
    const b = new RowBuilder(`${name}${gso ? ' gso' : ''}`, merge ? 'packet' : 'skb', cls, d.hop !== null);
    let { newFlow } = toll;
    for (const stage of d.steps) {
      if (!gso && GSO_ONLY.has(stage)) continue;
      b.add(stage, machine.prices[stage]);
      if (stage === 'NF_HOOK' && toll.rules !== null) {
        const { stage: rule, ns, times } = toll.rules;
        const price = machine.prices[rule];
        b.add(rule, ns === null ? price : { ...price, eachNs: ns }, times);
      }
      if (stage !== 'CT') continue;
      b.add('CT_NEW', machine.prices.CT_NEW);
      for (const f of newFlow) b.addForFlow(f.stage, f.ns ?? machine.prices[f.stage].eachNs ?? 0, f.times);
      newFlow = [];
    }
    return rows.register(b);
  };
  return {
    entry: d.entry,
    exit: d.exit,
    hop: d.hop,
    rowPlain: build(false),
    rowGso: build(true),
    split: d.steps.some((s) => defs[s].form === 'split'),
    merge,
    orphans: d.steps.some((s) => defs[s].orphans === true),
    receiver: d.receiver,
    endsAtReceiver: d.endsAtReceiver,
    stages: d.steps,
  };
}
