/** What an application does with its socket. */
export const R_SINK = 0; //        reads whatever comes
export const R_STREAM = 1; //      writes without end (TCP_STREAM, probes)
export const R_FLOW_TX = 2; //     writes one flow
export const R_FLOW_RX = 3; //     reads one flow to its end
export const R_RPC_CLIENT = 4; //  open loop
export const R_SERVER = 5; //      answers each request (RPC, RR, CRR)
export const R_RR_CLIENT = 6; //   closed loop
export const R_CRR_CLIENT = 7; //  closed loop, a connection an exchange
export const R_UDP_TX = 8; //      datagrams as fast as it can, or paced
export const R_UDP_SINK = 9; //    nobody reads: each datagram dies at the full socket
export const R_UDP_RX = 10; //     reads datagrams
export const R_UDP_RR_CLIENT = 11;
export const R_UDP_SERVER = 12;
export const R_BROADCAST = 13; //   sends one frame to all
