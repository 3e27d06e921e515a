/** Every backend, one line each: the only file that adding one changes (docs/ADDING_A_BACKEND.md). */
export { bridge } from './bridge.ts';
export { calicoBgp } from './calicoBgp.ts';
export { calicoEbpf } from './calicoEbpf.ts';
export { calicoEbpfIpip } from './calicoEbpfIpip.ts';
export { calicoEbpfWireguard } from './calicoEbpfWireguard.ts';
export { calicoIpip } from './calicoIpip.ts';
export { calicoVxlan } from './calicoVxlan.ts';
export { calicoWireguard } from './calicoWireguard.ts';
export { ciliumLegacy } from './ciliumLegacy.ts';
export { ciliumNative } from './ciliumNative.ts';
export { ciliumVxlanLegacy } from './ciliumVxlanLegacy.ts';
export { ciliumWireguard } from './ciliumWireguard.ts';
export { flannelHostGw } from './flannelHostGw.ts';
export { flannelUdp } from './flannelUdp.ts';
export { flannelVxlan } from './flannelVxlan.ts';
export { host } from './host.ts';
