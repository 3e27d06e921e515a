/** The job that is being priced. It is priced within one event: the racks of a thread take turns with one of these. */
export class OpenJob {
  /** Price so far, ns. */
  ns = 0;
  /** Jobs, and system calls within one, so far: rows charged under the present number are warm. */
  id = 0;
  core = 0;
  /** 1: in softirq context. */
  soft = 0;
  /** Number under which a row was charged last. */
  readonly rowStamp: Int32Array;
  /** Batches that reach a socket of this rack inside the job. */
  inlineHead = -1;
  inlineTail = -1;
  draining = false;

  /** @param rows of the compiled plan */
  constructor(rows: number) {
    this.rowStamp = new Int32Array(rows);
  }
}
