/**
 * The statement of docs/under-a-partition.md, as functions. The checker judges traces by them, and the models of
 * experiments take their values 0 and 1 from them.
 */
import type { Quorum } from "../../protocols/binding/register/register.ts";

/** A troupe, and how it is called. */
export interface Divided {
  readonly binding: "static" | "ringmaster";
  /** Of the troupe, if a Ringmaster binds it. */
  readonly quorum: Quorum;
  readonly collator: "unanimous" | "first-come" | "majority" | "watchdog" | "quorum";
  /** Of the collator "quorum": how many members must answer alike. */
  readonly agreeing: number;
  /** Of both sides. */
  readonly members: number;
}

export interface Side {
  /** Members of the troupe that stand there. */
  readonly members: number;
  /** Whether a majority of the Ringmaster's members stands there. */
  readonly ringmaster: boolean;
}

/**
 * What clients of a side are given while the cut lasts: answers, perhaps after a while; answers as long as the leases
 * of its members run; or none.
 */
export type Service = "answered" | "until leases end" | "unanswered";

/** How many members must answer a call before its client goes on, if the membership stays as it is. */
function needed({ collator, agreeing, members, binding }: Divided): number {
  if (collator === "majority") return Math.floor(members / 2) + 1;
  if (collator === "quorum") return agreeing;
  // With a static table, "all members" means all members that have not been given up as silent.
  return collator === "unanimous" && binding === "ringmaster" ? members : 1;
}

/** Whether the members of the side can go on as the whole troupe, without the members of the other side. */
export function canDropOthers({ binding, quorum, members }: Divided, side: Side): boolean {
  if (binding === "static" || !side.ringmaster) return false;
  return quorum === "one" ? side.members >= 1 : side.members > members / 2;
}

/** Whether clients of the side go on before any member is given up or dropped. */
export function isAnsweredAtOnce(divided: Divided, side: Side): boolean {
  const all = divided.collator === "unanimous" ? divided.members : 1;
  return side.members >= Math.max(all, needed(divided));
}

export function serviceFor(divided: Divided, side: Side): Service {
  const enough = side.members >= needed(divided);
  if (divided.binding === "ringmaster" && !side.ringmaster) return enough ? "until leases end" : "unanswered";
  // Those that are left are all, and a majority; but not so many as a fixed number.
  const later = canDropOthers(divided, side) && divided.collator !== "quorum";
  return enough || later ? "answered" : "unanswered";
}
