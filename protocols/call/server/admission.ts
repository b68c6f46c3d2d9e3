/**
 * Which CALLs an exported module executes.
 *
 * Source: dissertation, chapter 6: a member executes a CALL only if the CALL carries the ID of the member's troupe.
 */
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import { refuse, type Incoming } from "./incoming.ts";

export interface Admission {
  /** The troupe that the module belongs to at present. */
  readonly troupe: Troupe;
  /** Whether the membership may be followed by another: then a RETURN is retained until the client is finished with the call. */
  readonly changes: boolean;
  /** Whether a CALL with that server troupe ID may be executed now. */
  admits(troupe: TroupeId): boolean;
  /** A CALL has come that is not admitted: it is refused, held, or answered once more. */
  notAdmitted(incoming: Incoming): void;
  /** The clients of a transaction are dead that could have said what becomes of it: only another epoch can. Absent: there is none. */
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
