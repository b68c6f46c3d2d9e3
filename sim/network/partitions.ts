/** Partitions: cuts between sets of machines, in one direction or both. */
import type { Fault } from "../ledger.ts";

/** Tells which machines stand on a side, by their index. */
export type Side = (machine: number) => boolean;

export interface Cut {
  readonly name: string;
  readonly near: Side;
  readonly far: Side;
  /** Only datagrams from the near side to the far side are blocked. */
  readonly oneWay: boolean;
}

/** A cut in force. */
export class Partition {
  readonly name: string;
  /** Datagrams that it has kept from their receivers. */
  blocked = 0;
  private readonly cut: Cut;
  private readonly fault: Fault;
  private readonly ended: (partition: Partition) => void;

  constructor(cut: Cut, fault: Fault, ended: (partition: Partition) => void) {
    this.name = cut.name;
    this.cut = cut;
    this.fault = fault;
    this.ended = ended;
    fault.injected++;
  }

  /** Whether a datagram between these machines is blocked; if so it is counted. */
  blocks(from: number, to: number): boolean {
    const { near, far, oneWay } = this.cut;
    if (!(near(from) && far(to)) && (oneWay || !(far(from) && near(to)))) return false;
    if (this.blocked++ === 0) this.fault.effective++;
    return true;
  }

  /** Ends it. Once is enough; more often does no harm. */
  heal(): void {
    this.ended(this);
  }
}
