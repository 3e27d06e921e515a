/** Every backend, one line each: the only file that adding one changes (docs/ADDING_A_BACKEND.md). */
export { calicoBgp } from './calicoBgp.ts';
export { calicoIpip } from './calicoIpip.ts';
export { calicoWireguard } from './calicoWireguard.ts';
export { ciliumNative } from './ciliumNative.ts';
export { flannelHostGw } from './flannelHostGw.ts';
export { flannelUdp } from './flannelUdp.ts';
export { flannelVxlan } from './flannelVxlan.ts';
export { host } from './host.ts';
