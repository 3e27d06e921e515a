/** Small rows of one thread: list items and tunnel peers. Ids are multiples of STRIDE; −1 ends a list. */
import { Table } from '../core/table.ts';

/** Small records on lists: transmit completions, shares of crypto work, start times of exchanges. */
export class Items extends Table {
  bytes!: Float64Array;
  at!: Float64Array;
  /** Socket of a completion, or batch of a share. */
  ref!: Int32Array;
  units!: Int32Array;
  packets!: Int32Array;
  next!: Int32Array;

  constructor() {
    super(64);
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.bytes = f.subarray(0);
    this.at = f.subarray(1);
    this.ref = i.subarray(0);
    this.units = i.subarray(1);
    this.packets = i.subarray(2);
    this.next = i.subarray(3);
  }

  private freeHead = -1;

  alloc(): number {
    const i = this.freeHead;
    if (i < 0) {
      const made = this.addRow();
      this.next[made] = -1;
      return made;
    }
    this.freeHead = this.next[i]!;
    this.next[i] = -1;
    return i;
  }

  free(i: number): void {
    this.next[i] = this.freeHead;
    this.freeHead = i;
  }
}

/** Tunnel peers with an order of their own: serial transmit on one worker, serial receive in one NAPI. */
export class Peers extends Table {
  txEntries!: Float64Array;
  rxEntries!: Float64Array;
  thread!: Int32Array;
  napi!: Int32Array;
  txHead!: Int32Array;
  txTail!: Int32Array;
  /** The transmit worker has this peer on its list. */
  txListed!: Int32Array;
  rxHead!: Int32Array;
  rxTail!: Int32Array;
  next!: Int32Array;
  /** Core that the next packet is dealt to. */
  turn!: Int32Array;

  constructor() {
    super(16);
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.txEntries = f.subarray(0);
    this.rxEntries = f.subarray(1);
    this.thread = i.subarray(0);
    this.napi = i.subarray(1);
    this.txHead = i.subarray(2);
    this.txTail = i.subarray(3);
    this.txListed = i.subarray(4);
    this.rxHead = i.subarray(5);
    this.rxTail = i.subarray(6);
    this.next = i.subarray(7);
    this.turn = i.subarray(8);
  }

  add(): number {
    const k = this.addRow();
    this.txHead[k] = -1;
    this.txTail[k] = -1;
    this.rxHead[k] = -1;
    this.rxTail[k] = -1;
    this.next[k] = -1;
    return k;
  }
}
