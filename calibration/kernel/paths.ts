/**
 * Paths of the measured bed: the mode of a measurement → a backend, and whether both pods are on one node.
 *
 * `loop`, `direct`, `ipip` by tc-BPF and extra routers on the wire exist in this bed alone (docs/SOURCES.md, K1):
 * they are declared here, not in the catalogue.
 */
import { backendNamed } from '../../backends/catalog.ts';
import { GENEVE_HEADERS, IPV4_IPIP } from '../../backends/paths/headers.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE, VETH } from '../../backends/paths/pod.ts';
import { type Backend, defineBackend, type Path, type Step } from '../../engine/host/backend.ts';

export interface BedPath {
  readonly backend: Backend;
  readonly sameNode: boolean;
}

const bed = (name: string, title: string, local: Path, across: Path): Backend =>
  defineBackend({
    name,
    title,
    group: 'baseline',
    source: 'the measured bed (docs/SOURCES.md, K1)',
    paths: { local, across },
    choose: { sameNode: 'local', sameSubnet: 'across', crossSubnet: 'across' },
    control: { protocol: 'none', entriesPerPeer: 'none' },
    needs: [],
    scaling: 'a bed of two hosts',
  });

/** Two pods joined by one veth pair, nothing else. */
const direct = bed('direct', 'one veth pair', { headers: [], steps: VETH }, { headers: [], steps: ['WIRE'] });

/**
 * host-gw with an IPIP header pushed and popped by tc-BPF. The push keeps super-packets whole; behind the pop they
 * no longer are what the bridge's devices can take, so the receiving host segments them.
 */
const ipip = bed('ipip-tc-bpf', 'IPIP by tc-BPF', LOCAL_BRIDGE, {
  headers: [IPV4_IPIP],
  steps: [...EGRESS_BRIDGE, 'TC_BPF', 'WIRE', 'TC_BPF', 'GSO_SW', ...INGRESS_BRIDGE],
  tunnel: 'ipip',
});

/** Flannel's WireGuard with Calico's MTU: the live bed gives up the 60 bytes that are used. */
function wireguardOverBridge(): Backend {
  const { mtuReserveBytes, ...backend } = backendNamed('flannel-wireguard');
  void mtuReserveBytes;
  return { ...backend, name: 'wireguard over a bridge' };
}

/** Flannel's VXLAN path with Geneve around it: no backend of the catalogue has a bridge and Geneve. */
function geneve(): Backend {
  const vxlan = backendNamed('flannel-vxlan');
  const tunnel = { ...vxlan.paths.tunnel!, headers: GENEVE_HEADERS };
  return { ...vxlan, name: 'geneve over a bridge', paths: { ...vxlan.paths, tunnel } };
}

const MODES: Readonly<Record<string, () => BedPath>> = {
  loop: () => ({ backend: backendNamed('host'), sameNode: true }),
  direct: () => ({ backend: direct, sameNode: true }),
  hostnet: () => ({ backend: backendNamed('host'), sameNode: false }),
  bridge: () => ({ backend: backendNamed('flannel-host-gw'), sameNode: true }),
  routed: () => ({ backend: backendNamed('calico-bgp'), sameNode: false }),
  hostgw: () => ({ backend: backendNamed('flannel-host-gw'), sameNode: false }),
  ipip: () => ({ backend: ipip, sameNode: false }),
  vxlan: () => ({ backend: backendNamed('flannel-vxlan'), sameNode: false }),
  udp: () => ({ backend: backendNamed('flannel-udp'), sameNode: false }),
  // Devices that the measured kernel did not have; a live one may (calibration/live).
  ipipdev: () => ({ backend: backendNamed('flannel-ipip'), sameNode: false }),
  wireguard: () => ({ backend: wireguardOverBridge(), sameNode: false }),
  geneve: () => ({ backend: geneve(), sameNode: false }),
  // The same with jumbo frames.
  udp9: () => ({ backend: backendNamed('flannel-udp'), sameNode: false }),
};

/** One router more on the wire: in, forward, out. */
const ROUTER: readonly Step[] = ['IP_FWD', ...VETH];

/** Path of a mode with `hops` extra routers; null: no such mode. */
export function bedPath(mode: string, hops: number): BedPath | null {
  const made = Object.hasOwn(MODES, mode) ? MODES[mode]!() : null;
  if (made === null || hops === 0) return made;
  const routers = Array.from({ length: hops }, () => ROUTER).flat();
  return changed(made, `${hops} more`, (steps) =>
    steps.flatMap((step) => (step === 'WIRE' ? ['WIRE' as const, ...routers] : [step])),
  );
}

/** The same with stages behind the first forwarding: what one host's FORWARD chain holds. */
export function withChain(path: BedPath, chain: readonly Step[]): BedPath {
  return changed(path, 'chain', (steps) => {
    const at = steps.indexOf('IP_FWD') + 1;
    return [...steps.slice(0, at), ...chain, ...steps.slice(at)];
  });
}

function changed(path: BedPath, what: string, change: (steps: readonly Step[]) => readonly Step[]): BedPath {
  const { backend } = path;
  const paths = Object.entries(backend.paths).map(
    ([name, declared]) => [name, { ...declared, steps: change(declared.steps) }] as const,
  );
  return {
    ...path,
    backend: { ...backend, name: `${backend.name}, ${what}`, paths: Object.fromEntries(paths) },
  };
}
