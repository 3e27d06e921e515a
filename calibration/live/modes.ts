/**
 * The live bed's paths: what each needs of the kernel, what its headers take, and whether this kernel has it.
 */
import { run } from './shell.ts';

/** What a path needs of the kernel beyond veth and bridge. */
export const TUNNELS = {
  vxlan: ['type', 'vxlan', 'id', '1', 'dstport', '8472', 'nolearning'],
  geneve: ['type', 'geneve', 'id', '1', 'dstport', '6081'],
  ipipdev: ['type', 'ipip'],
  wireguard: ['type', 'wireguard'],
} as const;

export const MODES = [
  ...(['hostnet', 'bridge', 'routed', 'hostgw', 'vxlan'] as const),
  ...(['geneve', 'ipipdev', 'wireguard', 'udp'] as const),
] as const;
export type Mode = (typeof MODES)[number];

/** Bytes that a path's pods give up; WireGuard: Calico's. */
export const HEADER_BYTES: Readonly<Partial<Record<Mode, number>>> = {
  ...{ vxlan: 50, geneve: 50, ipipdev: 20, wireguard: 60, udp: 28 },
};

/** Addresses of the two hosts. */
export const WIRE_IP = ['198.18.0.1', '198.18.0.2'] as const;

/** Whether the kernel can make a tunnel device, tried in a namespace of its own. */
export async function kernelHas(mode: Mode): Promise<boolean> {
  if (!Object.hasOwn(TUNNELS, mode)) return true;
  const namespace = `windtunnel-${process.pid}-try`;
  await run(['ip', 'netns', 'add', namespace]);
  try {
    const ends = {
      geneve: ['remote', WIRE_IP[1]],
      wireguard: [],
      vxlan: ['local', WIRE_IP[0], 'remote', WIRE_IP[1]],
      ipipdev: ['local', WIRE_IP[0], 'remote', WIRE_IP[1]],
    }[mode as keyof typeof TUNNELS];
    if (mode === 'wireguard') await run(['wg', '--version']);
    const kind = TUNNELS[mode as keyof typeof TUNNELS].filter((word) => word !== 'nolearning');
    await run(['ip', '-n', namespace, 'link', 'add', 'try0', ...kind, ...ends]);
    return true;
  } catch {
    return false;
  } finally {
    await run(['ip', 'netns', 'del', namespace]).catch(() => undefined);
  }
}
