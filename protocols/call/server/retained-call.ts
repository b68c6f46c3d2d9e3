/** A call that a member has executed, as plain data: members send it to each other in a change of membership. */
import type { CallOrigin } from "../../message/retention.ts";
import type { Member, TroupeId } from "../../troupe/troupe.ts";

/** Names a call alike at all members; plain data. */
export interface CallName {
  /** Thread and path of a replicated client's call; "" for that of an unreplicated client. */
  readonly key: string;
  /** The calls of the message layer that it came by: one for each client process that has made it here; at least one. */
  readonly origins: readonly CallOrigin[];
}

/** The name in one piece. */
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
  /** Its place in the order of calls, with ordered broadcast; else 0. */
  readonly order: number;
  /** Of each origin, the client's oldest open call as far as known. */
  readonly oldest: readonly number[];
  /** The calling troupe, those of its members that belong to it still; ID 0 and no members if the client is not replicated. */
  readonly client: { readonly id: TroupeId; readonly members: readonly Member[] };
  /** In ms, for how long a replicated client's call is remembered at least. */
  readonly rest: number;
}
