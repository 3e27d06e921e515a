/**
 * Names of lists and of measured paths → backends of the catalogue: the one table.
 */
import { BACKENDS } from '../../backends/catalog.ts';

/** A backend of the catalogue, and whether both pods are on one node. */
export interface Meant {
  readonly backend: string;
  readonly sameNode: boolean;
}

/** What scoring lists call otherwise than the catalogue. */
const LISTS: Readonly<Record<string, Meant>> = {
  'calico-ipip+ebpf': { backend: 'calico-ebpf-ipip', sameNode: false },
  'calico-wireguard+ebpf': { backend: 'calico-ebpf-wireguard', sameNode: false },
  // Two pods of one node, whatever joins them: no tunnel, no wire. Taken as the host with itself.
  'same node': { backend: 'host', sameNode: true },
  'bridge (NAT)': { backend: 'bridge', sameNode: false },
};

/** Paths of the veth bed that are backends; `loop`, `direct` and `ipip` are the bed's own declarations. */
const PATHS: Readonly<Record<string, Meant>> = {
  hostnet: { backend: 'host', sameNode: false },
  routed: { backend: 'calico-bgp', sameNode: false },
  hostgw: { backend: 'flannel-host-gw', sameNode: false },
  vxlan: { backend: 'flannel-vxlan', sameNode: false },
  udp: { backend: 'flannel-udp', sameNode: false },
  // The same with 9,000 B on the wire.
  udp9: { backend: 'flannel-udp', sameNode: false },
  bridge: { backend: 'bridge', sameNode: true },
};

/** Every `mode` of the veth bed. */
export const KERNEL_MODES = [...Object.keys(PATHS), 'loop', 'direct', 'ipip'] as const;

const CATALOGUE = new Set(BACKENDS.map((backend) => backend.name));

/** @returns null for a name that neither the table nor the catalogue knows */
export function meantByList(name: string): Meant | null {
  if (Object.hasOwn(LISTS, name)) return LISTS[name]!;
  return CATALOGUE.has(name) ? { backend: name, sameNode: false } : null;
}

/** The backend of a `mode` of the veth bed; a path of the bed's own keeps its name. */
export function meantByMode(mode: string): Meant {
  return Object.hasOwn(PATHS, mode) ? PATHS[mode]! : { backend: mode, sameNode: false };
}

/** Words of publications → names of lists, the first that fits; conservative where the words leave it open. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/weave|antrea|ovn|vpp|ipsec|geneve|kvm|nested|typha|^kube-proxy/, ''],
  [/(host|native).*(intra-host|same (host|node))/, 'same node'],
  [/flannel.*\budp\b/, 'flannel-udp'],
  [/flannel.*host-?gw/, 'flannel-host-gw'],
  [/flannel.*wireguard/, 'flannel-wireguard'],
  [/flannel.*vxlan/, 'flannel-vxlan'],
  [/calico.*(wireguard.*ebpf|ebpf.*wireguard)/, 'calico-wireguard+ebpf'],
  [/calico.*(ipip.*ebpf|ebpf.*ipip)/, 'calico-ipip+ebpf'],
  [/calico.*wireguard/, 'calico-wireguard'],
  [/calico.*ebpf/, 'calico-ebpf'],
  // Routes without encapsulation, whoever writes them.
  [/calico.*(bgp|direct|no.?encap)|kube-router|romana/, 'calico-bgp'],
  [/calico.*ipip/, 'calico-ipip'],
  [/calico.*vxlan/, 'calico-vxlan'],
  [/cilium.*wireguard/, 'cilium-wireguard'],
  // Which of both routings is not said: the default of many installs.
  [/cilium.*vxlan/, 'cilium-vxlan-legacy'],
  [/cilium.*native/, 'cilium-legacy'],
  [/docker overlay.*vxlan/, 'flannel-vxlan'],
  [/docker.*(bridge|nat)|nat.*bridge/, 'bridge (NAT)'],
  [/^(host|native|bare metal|no container)\b/, 'host'],
];

/** The list's name of what a publication calls `mode`; null where it cannot be told. */
export function listNameOf(mode: string): string | null {
  if (meantByList(mode) !== null) return mode;
  const name = WORDS.find(([words]) => words.test(mode.toLowerCase()))?.[1] ?? '';
  return name === '' ? null : name;
}
