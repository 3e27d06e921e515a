/**
 * The live bed: for each path two "hosts" and their pods, network namespaces of one kernel joined by a veth pair (the
 * wire), as calibration/kernel models them. Every namespace is made here, under a name with this process's number, and
 * deleted here; what lies inside goes with it. No interface outside of them is ever named.
 *
 * Addresses are of the range for benchmarks (RFC 2544, 198.18.0.0/15). Left out: rules, IPv6, more than one wire.
 */
import type { ChildProcess } from 'node:child_process';
import { HEADER_BYTES, type Mode, TUNNELS, WIRE_IP } from './modes.ts';
import { Background, type RunOptions, run, ShellError } from './shell.ts';

export type Offloads = 'on' | 'gsogro' | 'off';

const POD_NET = ['198.19.1', '198.19.2'] as const;
const TUNNEL_IP = ['198.19.3.1', '198.19.3.2'] as const;
const MAC = ['02:00:00:00:03:01', '02:00:00:00:03:02'] as const;
const TUNNEL_PORT = 8285;
const WIREGUARD_PORT = 51_820;

/** Where a program of the bed runs and whom it talks to. */
export interface Place {
  readonly namespace: string;
  readonly ip: string;
}

export interface BedShape {
  readonly mode: Mode;
  readonly routers?: number;
  readonly mtuBytes?: number;
}

export class Bed {
  readonly mode: Mode;
  readonly routers: number;
  /** Of the links; pods behind a tunnel have less. */
  readonly mtuBytes: number;
  private readonly prefix: string;
  private readonly made: string[] = [];
  private readonly devices: {
    readonly namespace: string;
    readonly device: string;
    readonly wire: boolean;
  }[] = [];
  private readonly background = new Background();
  private readonly program: string;
  private readonly options: RunOptions;
  private offloads: Offloads = 'on';
  private port = 20_000;
  private readonly secrets: string[] = [];
  from!: Place;
  to!: Place;

  /** @param program  path of the compiled bed.c; routers: namespaces that forward on the wire */
  constructor({ mode, routers = 0, mtuBytes = 1500 }: BedShape, program: string, signal: AbortSignal) {
    this.mode = mode;
    this.routers = routers;
    this.mtuBytes = mtuBytes;
    this.program = program;
    this.options = { signal };
    this.prefix = `windtunnel-${process.pid}-${mode}${routers || ''}${mtuBytes === 1500 ? '' : `m${mtuBytes}`}`;
  }

  /** Makes it. On an error nothing stays. @throws ShellError */
  async open(): Promise<void> {
    try {
      await this.build();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends its programs and deletes its namespaces, whatever happened before. */
  async close(): Promise<void> {
    await this.background.stopAll();
    for (const namespace of this.made.splice(0)) {
      await run(['ip', 'netns', 'del', namespace]).catch(() => undefined);
    }
  }

  /** One that no connection of before still waits on. */
  nextPort(): number {
    return this.port++;
  }

  /** Words that run a program at a place. */
  at(place: Place, words: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', place.namespace, ...words];
  }

  /** Starts a program at a place; with a port: waits until it is open. */
  serve(place: Place, words: readonly string[], port: number | null): Promise<ChildProcess> {
    return this.background.start(this.at(place, words), port);
  }

  stop(server: ChildProcess): Promise<void> {
    return this.background.stop(server);
  }

  /** Switches segmentation and merging: all on, software around the wire, or none anywhere. */
  async setOffloads(offloads: Offloads): Promise<void> {
    if (offloads === this.offloads) return;
    for (const { namespace, device, wire } of this.devices) {
      const flag = (on: boolean): string => (on ? 'on' : 'off');
      const bare = offloads === 'off' || (offloads === 'gsogro' && wire);
      const words = ['tso', flag(!bare), 'gso', flag(offloads !== 'off')];
      const merge = ['gro', flag(offloads === 'gsogro' && wire)];
      const udpTunnel = ['tx-udp_tnl-segmentation', 'tx-udp_tnl-csum-segmentation'].flatMap((name) => [
        name,
        flag(!bare),
      ]);
      const tool = ['ip', 'netns', 'exec', namespace, 'ethtool', '-K', device];
      await run([...tool, ...words, ...merge], this.options);
      // Not every device has these, and a missing one is as good as off.
      await run([...tool, ...udpTunnel], this.options).catch(() => undefined);
    }
    this.offloads = offloads;
  }

  private async build(): Promise<void> {
    const hosts = [await this.namespace('h0'), await this.namespace('h1')] as const;
    await this.wire(hosts);
    if (this.mode === 'hostnet') {
      this.from = { namespace: hosts[0], ip: WIRE_IP[0] };
      this.to = { namespace: hosts[1], ip: WIRE_IP[1] };
    } else if (this.mode === 'bridge') {
      await this.bridge(hosts[0], 0);
      this.from = await this.pod(hosts[0], 0, 2, true);
      this.to = await this.pod(hosts[0], 0, 3, true);
    } else {
      const bridged = this.mode !== 'routed';
      for (const side of [0, 1] as const) if (bridged) await this.bridge(hosts[side], side);
      this.from = await this.pod(hosts[0], 0, 2, bridged);
      this.to = await this.pod(hosts[1], 1, 2, bridged);
      for (const side of [0, 1] as const) await this.routeToPeer(hosts[side], side);
    }
    await this.reach();
  }

  private async namespace(name: string): Promise<string> {
    const namespace = `${this.prefix}-${name}`;
    // First: a command that is stopped half-way may have made it.
    this.made.push(namespace);
    await run(['ip', 'netns', 'add', namespace], this.options);
    await this.ip(namespace, ['link', 'set', 'lo', 'up']);
    await plainTcp(namespace, this.options);
    const settings = 'echo 1 > /proc/sys/net/ipv4/ip_forward';
    await run(['ip', 'netns', 'exec', namespace, 'sh', '-c', settings], this.options);
    return namespace;
  }

  private podMtuBytes(): number {
    return this.mtuBytes - (HEADER_BYTES[this.mode] ?? 0);
  }

  private ip(namespace: string, words: readonly string[]): Promise<string> {
    return run(['ip', '-n', namespace, ...words], this.options);
  }

  /** A veth pair with one end in each namespace, up. */
  private async pair(a: string, deviceA: string, b: string, deviceB: string, wire: boolean): Promise<void> {
    const peer = ['type', 'veth', 'peer', 'name', deviceB, 'netns', b];
    await this.ip(a, ['link', 'add', deviceA, ...peer]);
    for (const [namespace, device] of [
      [a, deviceA],
      [b, deviceB],
    ] as const) {
      await this.ip(namespace, ['link', 'set', device, 'up', 'mtu', String(this.mtuBytes)]);
      this.devices.push({ namespace, device, wire });
    }
  }

  /** Host to host, through as many forwarding namespaces as asked for. */
  private async wire(hosts: readonly [string, string]): Promise<void> {
    const chain = [hosts[0]];
    for (let r = 0; r < this.routers; r++) chain.push(await this.namespace(`r${r}`));
    chain.push(hosts[1]);
    for (let link = 0; link + 1 < chain.length; link++) {
      await this.pair(chain[link]!, `right${link}`, chain[link + 1]!, `left${link}`, true);
    }
    const last = chain.length - 2;
    if (last === 0) {
      await this.ip(hosts[0], ['addr', 'add', `${WIRE_IP[0]}/30`, 'dev', 'right0']);
      await this.ip(hosts[1], ['addr', 'add', `${WIRE_IP[1]}/30`, 'dev', 'left0']);
      return;
    }
    // Each link a subnet of its own; the two hosts keep their addresses on top.
    for (let link = 0; link <= last; link++) {
      await this.ip(chain[link]!, ['addr', 'add', `198.18.${link + 1}.1/30`, 'dev', `right${link}`]);
      await this.ip(chain[link + 1]!, ['addr', 'add', `198.18.${link + 1}.2/30`, 'dev', `left${link}`]);
    }
    await this.ip(hosts[0], ['addr', 'add', `${WIRE_IP[0]}/32`, 'dev', 'right0']);
    await this.ip(hosts[1], ['addr', 'add', `${WIRE_IP[1]}/32`, 'dev', `left${last}`]);
    for (let at = 0; at <= last; at++) {
      const onward = ['via', `198.18.${at + 1}.2`, ...(at === 0 ? ['src', WIRE_IP[0]] : [])];
      await this.ip(chain[at]!, ['route', 'add', WIRE_IP[1], ...onward]);
      const back = ['via', `198.18.${at + 1}.1`, ...(at === last ? ['src', WIRE_IP[1]] : [])];
      await this.ip(chain[at + 1]!, ['route', 'add', WIRE_IP[0], ...back]);
    }
  }

  private async bridge(host: string, side: 0 | 1): Promise<void> {
    await this.ip(host, ['link', 'add', 'cni0', 'type', 'bridge']);
    await this.ip(host, ['addr', 'add', `${POD_NET[side]}.1/24`, 'dev', 'cni0']);
    await this.ip(host, ['link', 'set', 'cni0', 'up', 'mtu', String(this.mtuBytes)]);
  }

  private async pod(host: string, side: 0 | 1, number: number, bridged: boolean): Promise<Place> {
    const namespace = await this.namespace(`p${side}${number}`);
    const ip = `${POD_NET[side]}.${number}`;
    const device = `pod${number}`;
    await this.pair(host, device, namespace, 'eth0', false);
    if (bridged) await this.ip(host, ['link', 'set', device, 'master', 'cni0']);
    else await this.ip(host, ['addr', 'add', `${POD_NET[side]}.1/24`, 'dev', device]);
    await this.ip(namespace, ['addr', 'add', `${ip}/24`, 'dev', 'eth0']);
    await this.ip(namespace, ['route', 'add', 'default', 'via', `${POD_NET[side]}.1`]);
    await this.ip(namespace, ['link', 'set', 'eth0', 'mtu', String(this.podMtuBytes())]);
    return { namespace, ip };
  }

  private async routeToPeer(host: string, side: 0 | 1): Promise<void> {
    const other = side === 0 ? 1 : 0;
    const pods = `${POD_NET[other]}.0/24`;
    const { mode } = this;
    if (mode === 'hostgw' || mode === 'routed') {
      await this.ip(host, ['route', 'add', pods, 'via', WIRE_IP[other]]);
      return;
    }
    if (mode === 'udp') {
      const where = { namespace: host, ip: '' };
      const words = [this.program, 'tunnel', 'tun0', WIRE_IP[other], String(TUNNEL_PORT)];
      await this.background.start(this.at(where, words), TUNNEL_PORT);
      await this.ip(host, ['link', 'set', 'tun0', 'up', 'mtu', String(this.podMtuBytes())]);
      await this.ip(host, ['addr', 'add', `${TUNNEL_IP[side]}/32`, 'dev', 'tun0']);
      await this.ip(host, ['route', 'add', pods, 'dev', 'tun0']);
      return;
    }
    await this.tunnel(host, side, other, pods);
  }

  /** Static neighbour and forwarding entries, as the backends write them. */
  private async tunnel(host: string, side: 0 | 1, other: 0 | 1, pods: string): Promise<void> {
    const { mode } = this;
    const kind = TUNNELS[mode as keyof typeof TUNNELS];
    const ends =
      mode === 'wireguard' ? [] : mode === 'geneve' ? ['remote', WIRE_IP[other]] : ['local', WIRE_IP[side]];
    const remote = mode === 'ipipdev' ? ['remote', WIRE_IP[other]] : [];
    const lower = mode === 'vxlan' ? ['dev', side === 0 ? 'right0' : 'left0'] : [];
    const ethernet = mode === 'vxlan' || mode === 'geneve';
    const mac = ethernet ? ['address', MAC[side]] : [];
    await this.ip(host, ['link', 'add', 'tunnel0', ...mac, ...kind, ...ends, ...remote, ...lower]);
    if (mode === 'wireguard') await this.keys(host, side, other);
    await this.ip(host, ['addr', 'add', `${TUNNEL_IP[side]}/32`, 'dev', 'tunnel0']);
    await this.ip(host, ['link', 'set', 'tunnel0', 'up', 'mtu', String(this.podMtuBytes())]);
    if (mode === 'vxlan') {
      const fdb = ['append', MAC[other], 'dev', 'tunnel0', 'dst', WIRE_IP[other], 'self'];
      await run(['ip', 'netns', 'exec', host, 'bridge', 'fdb', ...fdb], this.options);
    }
    if (ethernet) {
      const neighbour = [TUNNEL_IP[other], 'lladdr', MAC[other], 'dev', 'tunnel0', 'nud', 'permanent'];
      await this.ip(host, ['neigh', 'add', ...neighbour]);
      await this.ip(host, ['route', 'add', pods, 'via', TUNNEL_IP[other], 'dev', 'tunnel0', 'onlink']);
    } else await this.ip(host, ['route', 'add', pods, 'dev', 'tunnel0']);
  }

  /** One peer, all pods of the other host behind it. */
  private async keys(host: string, side: 0 | 1, other: 0 | 1): Promise<void> {
    if (this.secrets.length === 0)
      for (let n = 0; n < 2; n++) this.secrets.push((await run(['wg', 'genkey'], this.options)).trim());
    const [own, peer] = [this.secrets[side]!, this.secrets[other]!];
    const files = {
      OWN: own,
      PEER: peer,
      HERE: String(WIREGUARD_PORT),
      THERE: `${WIRE_IP[other]}:${WIREGUARD_PORT}`,
    };
    // The tool reads keys from files alone; a shell gives it pipes, so that none is written down.
    const set =
      'echo "$OWN" | wg set tunnel0 listen-port "$HERE" private-key /dev/stdin && ' +
      'wg set tunnel0 peer "$(echo "$PEER" | wg pubkey)" endpoint "$THERE" allowed-ips 198.19.0.0/16';
    const words = Object.entries(files).map(([name, value]) => `${name}=${value}`);
    await run(['ip', 'netns', 'exec', host, 'env', ...words, 'sh', '-c', set], this.options);
  }

  /** A datagram to a closed port comes back as an error: fills neighbour tables, and needs no ping program. */
  private async reach(): Promise<void> {
    const words = [this.program, 'reach', this.to.ip, '9'];
    try {
      await run(this.at(this.from, words), this.options);
    } catch (error) {
      throw new ShellError(
        `${this.mode}: the two ends do not reach each other (${(error as Error).message})`,
      );
    }
  }
}

/**
 * Reno as a namespace's default, which every namespace may choose: where a machine's default is BBR, its sockets are
 * paced whatever their program chooses once they are connected (iperf3 does so then).
 */
export async function plainTcp(namespace: string, options: RunOptions): Promise<void> {
  const set = 'echo reno > /proc/sys/net/ipv4/tcp_congestion_control';
  await run(['ip', 'netns', 'exec', namespace, 'sh', '-c', set], options);
}
