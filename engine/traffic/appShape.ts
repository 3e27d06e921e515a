/** What applications send and ask for, the same for all of a task. */
export interface AppShape {
  /** Bytes of one send of a stream, of a request, of a response. */
  readonly messageBytes: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Flows open and close a connection of their own. */
  readonly handshake: boolean;
  /** UDP_SEGMENT; MSG_ZEROCOPY of streams. */
  readonly udpGso: boolean;
  readonly zerocopy: boolean;
}
