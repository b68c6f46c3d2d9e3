/**
 * What a member knows of the calls that it has executed and whose clients are not finished with them: for a change of
 * membership, which makes all members agree on them and hands them to the newcomer (binding/change/change.ts).
 */
import type { Program } from "../../program/program.ts";
import { readCallHeader } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Export } from "./export.ts";
import { Invocation, refuse } from "./invocation.ts";
import { Gathering } from "./many-to-one.ts";
import type { CallName, KeptCall } from "./retained-call.ts";

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
