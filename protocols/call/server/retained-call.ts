/** Retained calls as plain data, which members exchange in a change of membership. */
import type { CallOrigin } from "../../message/retention.ts";
import type { Member, TroupeId } from "../../troupe/troupe.ts";

/** The name of a call, equal at all members; plain data. */
export interface CallName {
  /** Thread and path of a replicated client's call; "" for an unreplicated client. */
  readonly key: string;
  /** The message-layer calls that brought the call, one for each client process that has called here; at least one. */
  readonly origins: readonly CallOrigin[];
}

/** The name as one string. */
export function nameOf({ key, origins }: CallName): string {
  if (key !== "") return key;
  const [{ address, incarnation, call }] = origins as [{ address: number; incarnation: number; call: number }];
  return `${address}.${incarnation}.${call}`;
}

/** A call that was executed; plain data. */
export interface RetainedCall extends CallName {
  /** The CALL's body. */
  readonly call: Uint8Array;
  /** False if the procedure took the generator of CALLs, and cannot be executed from one of them. */
  readonly repeatable: boolean;
  /** The RETURN's body. */
  readonly reply: Uint8Array;
  /** The place that an ordering has given the call (ordering.ts); otherwise 0. */
  readonly place: number;
  /** The client's oldest open call as far as known, by origin. */
  readonly oldest: readonly number[];
  /** The calling troupe with the members that still belong to it; ID 0 and no members for an unreplicated client. */
  readonly client: { readonly id: TroupeId; readonly members: readonly Member[] };
  /** The least time for which a replicated client's call is remembered, in ms. */
  readonly rest: number;
}
