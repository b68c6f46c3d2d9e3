/**
 * What a member knows of the calls that it has executed and whose clients are not finished with them: for a change of
 * membership, which makes all members agree on them and hands them to the newcomer (binding/change.ts).
 */
import type { Member, TroupeId } from "../binding/binding.ts";
import type { CallOrigin } from "../message/retention.ts";
import { readCallHeader } from "../wire/call.ts";
import { headerBytes } from "../wire/segment.ts";
import type { Export } from "./export.ts";
import { Invocation, refuse } from "./invocation.ts";
import { Gathering } from "./many-to-one.ts";
import type { Program } from "./program.ts";

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
export interface KeptCall extends CallName {
  /** The CALL's body. */
  readonly call: Uint8Array;
  /** False if the procedure took the generator of CALLs, and cannot be executed from one of them. */
  readonly repeatable: boolean;
  /** The RETURN's body. */
  readonly reply: Uint8Array;
  /** Of each origin, the client's oldest open call as far as known. */
  readonly oldest: readonly number[];
  /** The calling troupe, those of its members that belong to it still; ID 0 and no members if the client is not replicated. */
  readonly client: { readonly id: TroupeId; readonly members: readonly Member[] };
  /** In ms, for how long a replicated client's call is remembered at least. */
  readonly rest: number;
}

const nobody = { id: 0, members: [] };

/** All that the module has executed and keeps. */
export function keptCalls(program: Program, exported: Export): KeptCall[] {
  const calls: KeptCall[] = [];
  for (const { kept, message, client, number: call } of program.endpoint.retention.kept()) {
    const executed = kept?.executed;
    if (executed === undefined || message === undefined) continue;
    if (readCallHeader(executed).module !== exported.troupe.module) continue;
    const { address, incarnation, oldest } = client;
    calls.push({
      key: "",
      origins: [{ address, incarnation, call }],
      oldest: [oldest],
      call: executed.subarray(headerBytes),
      repeatable: true,
      reply: message.subarray(headerBytes),
      client: nobody,
      rest: 0,
    });
  }
  for (const gathering of program.reception.gatheringsOf(exported)) {
    const kept = gathering.kept();
    if (kept !== undefined) calls.push(kept);
  }
  return calls;
}

/** Bytes of kept calls that go into one answer. */
const pageBytes = 256 * 1024;

/** The calls from that place on, as many as fit into one answer, and at least one if there is one. */
export function pageOf(calls: readonly KeptCall[], from: number): KeptCall[] {
  let bytes = 0;
  const page: KeptCall[] = [];
  for (const call of calls.slice(from)) {
    bytes += call.call.length + call.reply.length;
    if (page.length > 0 && bytes > pageBytes) break;
    page.push(call);
  }
  return page;
}

/** The names of what the module has executed, or is executing, and has not answered. */
export function unansweredCalls(program: Program, exported: Export): CallName[] {
  const names: CallName[] = [];
  for (const { kept, message, client, number: call } of program.endpoint.retention.kept()) {
    const executed = kept?.executed;
    if (executed === undefined || message !== undefined) continue;
    if (readCallHeader(executed).module !== exported.troupe.module) continue;
    const { address, incarnation } = client;
    names.push({ key: "", origins: [{ address, incarnation, call }] });
  }
  for (const { key, isUnanswered } of program.reception.gatheringsOf(exported)) {
    if (isUnanswered) names.push({ key, origins: [] });
  }
  return names;
}

/**
 * Forgets all that the module has executed: its state is to be replaced by one that may not include it. What was known of clients
 * may be older than that state, whose donors have forgotten some of their calls since.
 */
export function discard(program: Program, exported: Export): void {
  for (const exchange of program.endpoint.retention.kept()) {
    const executed = exchange.kept?.executed;
    if (executed === undefined || readCallHeader(executed).module !== exported.troupe.module) continue;
    for (const waiting of exchange.unkeep()) refuse(waiting, "stale-binding");
  }
  for (const gathering of program.reception.gatheringsOf(exported)) gathering.discard();
  program.reception.clients.forget();
}

/** Whether the call has certainly not been executed here. */
export function lacks(program: Program, { key, origins }: CallName): boolean {
  if (key !== "" && program.reception.gathering(key)?.decided === true) return false;
  return origins.every((origin) => program.endpoint.retention.standing(origin) === "unknown");
}

function withRoom(body: Uint8Array): Uint8Array {
  const message = new Uint8Array(headerBytes + body.length);
  message.set(body, headerBytes);
  return message;
}

/** Executes a call that other members have executed, as if its CALL had come here. */
export function execute(program: Program, exported: Export, kept: KeptCall): void {
  if (!kept.repeatable || !lacks(program, kept)) return;
  const message = withRoom(kept.call);
  const header = readCallHeader(message);
  const procedure = exported.procedures[header.procedure];
  if (procedure === undefined) return;
  if (kept.key !== "") {
    const client = program.reception.clients.ofCall(kept.client.id, kept.client.members);
    const gathering = new Gathering(program, client, kept.key, exported, procedure, message, header);
    program.reception.begin(gathering).execute(kept);
    return;
  }
  const home = program.endpoint.retention.home(kept.origins[0]!, kept.oldest[0]!);
  if (home === undefined) return;
  // It may have been refused here; if its CALL has come and waits, it gets its RETURN now.
  if (home.message !== undefined) home.retire();
  home.keep(message);
  new Invocation(program, exported, procedure, message, header, home).start();
}

/** Keeps a call that the state received from another member includes: it is not executed here, but answered. */
export function adopt(program: Program, exported: Export, kept: KeptCall): void {
  const { retention } = program.endpoint;
  const message = withRoom(kept.call);
  const reply = withRoom(kept.reply);
  if (kept.key === "") {
    const home = retention.home(kept.origins[0]!, kept.oldest[0]!);
    if (home === undefined || home.kept !== undefined) return;
    home.retire();
    home.keep(message);
    home.reply(reply);
    return;
  }
  const header = readCallHeader(message);
  const client = program.reception.clients.ofCall(kept.client.id, kept.client.members);
  const procedure = exported.procedures[header.procedure]!;
  const gathering = new Gathering(program, client, kept.key, exported, procedure, message, header);
  program.reception.begin(gathering).restore(reply, kept);
}
