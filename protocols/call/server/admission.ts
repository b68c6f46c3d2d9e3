/**
 * Admission: which CALLs an exported module executes.
 *
 * Source: dissertation, chapter 6: a member executes a CALL only if the CALL carries the ID of the member's troupe.
 * The admission of a troupe that changes is its Membership (binding/member/membership.ts).
 */
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import { refuse, type Incoming } from "./incoming.ts";

export interface Admission {
  /** The troupe that the module belongs to at present. */
  readonly troupe: Troupe;
  /** Whether the membership can change. RETURNs are then retained until the client is finished with the call. */
  readonly changes: boolean;
  /** Whether a CALL with that server troupe ID may be executed now. */
  admits(troupe: TroupeId): boolean;
  /** A CALL arrived that is not admitted. The admission refuses it, holds it, or answers it again. */
  notAdmitted(incoming: Incoming): void;
  /**
   * The clients that knew the outcome of a transaction are dead, so that only another epoch can settle it. Absent: the
   * membership cannot change.
   */
  doubts?(): void;
}

/** The admission of a troupe that never changes. */
export class FixedAdmission implements Admission {
  readonly troupe: Troupe;
  readonly changes = false;

  constructor(troupe: Troupe) {
    this.troupe = troupe;
  }

  admits(troupe: TroupeId): boolean {
    return troupe === this.troupe.id;
  }

  notAdmitted({ exchange }: Incoming): void {
    refuse(exchange, "stale-binding");
  }
}
