/**
 * Broadcast, unknown and multicast frames of a VXLAN that floods: the paths that its frames take. Flooding by
 * the sender (head-end replication: the default FDB entry has a remote for each peer) makes one copy a peer there; a
 * multicast group makes one for the fabric, which copies it at the switches. With static entries nothing is flooded.
 *
 * Assumed: a clone costs SKB_ALLOC; one pod a receiving bridge hears it. Left out: learning, IGMP and the tree that a
 * fabric builds (here one spine copies to every rack), broadcasts of the hosts themselves.
 * Source: drivers/net/vxlan/vxlan_core.c (vxlan_xmit: skb_clone and vxlan_xmit_one for each remote), Linux 6.12;
 * RFC 7348 section 4.2.
 */
import type { Backend, Path, Step } from './backend.ts';

export const FLOOD_PATH = 'flooded copy';
/** What is paid once, however many copies follow: pod, bridge, the device's lookup. */
export const FLOOD_HEAD_PATH = 'flood, once';

const VETH: readonly Step[] = ['VETH_XMIT', 'BACKLOG_POLL'];

/** The backend with the paths of a flood, if one of its own is a VXLAN; else as it is. */
export function withFlood(backend: Backend): Backend {
  const tunnel = Object.values(backend.paths).find(({ headers }) =>
    headers.some(({ name }) => name === 'VXLAN'),
  );
  if (tunnel === undefined) return backend;
  const { steps } = tunnel;
  const between = steps.slice(steps.indexOf('ENCAP'), steps.indexOf('GRO_CELL_POLL') + 1);
  const copy: Path = { ...tunnel, steps: ['SKB_ALLOC', ...between, 'BR_FWD', ...VETH] };
  const head: Path = { headers: [], steps: [...VETH, 'BR_FWD', 'TUN_DEV_XMIT'] };
  return { ...backend, paths: { ...backend.paths, [FLOOD_PATH]: copy, [FLOOD_HEAD_PATH]: head } };
}
