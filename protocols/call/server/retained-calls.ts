/**
 * The calls that a member has executed and whose clients are not finished with them. A change of membership makes all
 * members agree on these calls, and passes them to the newcomer (binding/change/change.ts).
 */
import type { ServerExchange } from "../../message/incoming-call.ts";
import { callKey, readCall, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Export } from "./export.ts";
import { refuse, refuseAll } from "./incoming.ts";
import { Invocation } from "./invocation.ts";
import type { Reception } from "./reception.ts";
import type { CallName, RetainedCall } from "./retained-call.ts";

const unreplicated = { id: 0, members: [] };

/** The exchanges that retain the module's calls of unreplicated clients, with the executed CALLs. */
function* executedFor({ process }: Reception, { number }: Export): Generator<[ServerExchange, Call]> {
  for (const exchange of process.endpoint.retention.exchanges()) {
    const executed = exchange.retained?.executed;
    if (executed?.module === number) yield [exchange, executed];
  }
}

/** All calls that the module has executed and retains. */
export function retainedCalls(reception: Reception, exported: Export): RetainedCall[] {
  const calls: RetainedCall[] = [];
  for (const [{ message, client, number, retained }, executed] of executedFor(reception, exported)) {
    if (message === undefined) continue;
    const { address, incarnation, oldest } = client;
    calls.push({
      key: "",
      place: retained!.place,
      origins: [{ address, incarnation, call: number }],
      oldest: [oldest],
      call: executed.message.subarray(headerBytes),
      repeatable: true,
      reply: message.subarray(headerBytes),
      client: unreplicated,
      rest: 0,
    });
  }
  for (const gathering of reception.gatherings.of(exported)) {
    const call = gathering.retainedCall();
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

/** The names of the calls that the module has executed or is executing, and has not answered. */
export function unansweredCalls(reception: Reception, exported: Export): CallName[] {
  const names: CallName[] = [];
  for (const [{ message, client, number }] of executedFor(reception, exported)) {
    if (message !== undefined) continue;
    const { address, incarnation } = client;
    names.push({ key: "", origins: [{ address, incarnation, call: number }] });
  }
  for (const { key, isUnanswered } of reception.gatherings.of(exported)) {
    if (isUnanswered) names.push({ key, origins: [] });
  }
  return names;
}

/**
 * Forgets all executions of the module, whose state is to be replaced by a state that may not include them. The
 * knowledge of clients may also be older than that state: its donors may have forgotten some calls since. A client that
 * has not heard of the change may still decide what is under way here, which must not change that state.
 */
export function discard(reception: Reception, exported: Export): void {
  refuseAll(exported.ordering?.freeze() ?? [], "stale-binding");
  exported.ordering?.thaw(false);
  for (const [exchange] of executedFor(reception, exported)) {
    for (const waiting of exchange.endRetention()) refuse(waiting, "stale-binding");
  }
  for (const gathering of reception.gatherings.of(exported)) gathering.discard();
  reception.clients.forget();
}

/** Whether the call has certainly not been executed here, or has no permanent effect yet. */
export function lacks({ process, gatherings }: Reception, exported: Export, { key, origins }: CallName): boolean {
  if (exported.ordering?.isUndecided(origins, key) === true) return true;
  if (key !== "" && gatherings.get(key)?.decided === true) return false;
  return origins.every((origin) => process.endpoint.retention.stateOf(origin) === "unknown");
}

function withRoom(body: Uint8Array): Uint8Array {
  const message = new Uint8Array(headerBytes + body.length);
  message.set(body, headerBytes);
  return message;
}

function keyOfCall({ key, call }: RetainedCall): string {
  if (key !== "") return key;
  const { message, pathEnd } = readCall(withRoom(call));
  return callKey(message, pathEnd);
}

/** Executes those calls that the module lacks, in the order in which other members have executed them. */
export function level(reception: Reception, exported: Export, calls: readonly RetainedCall[]): void {
  const compare = exported.ordering?.protocol === "broadcast" ? byTime : byOrigin;
  for (const call of [...calls].sort(compare)) execute(reception, exported, call);
}

/** By the time at which ordered broadcast delivered them; of equal times, by name (transaction/queue.ts). */
function byTime(a: RetainedCall, b: RetainedCall): number {
  if (a.place !== b.place) return a.place - b.place;
  return a.place === 0 ? byOrigin(a, b) : keyOfCall(a) < keyOfCall(b) ? -1 : 1;
}

/** Of each client process, in the order in which it made them. */
function byOrigin(a: RetainedCall, b: RetainedCall): number {
  const [x, y] = [a.origins[0], b.origins[0]];
  // A call that levelling brought here may have no origin, if no CALL for it has arrived at this member.
  if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
  return x.address - y.address || x.incarnation - y.incarnation || x.call - y.call;
}

/** Executes a call that other members have executed, as if its CALL had arrived here. */
function execute(reception: Reception, exported: Export, retained: RetainedCall): void {
  if (!retained.repeatable || !lacks(reception, exported, retained)) return;
  const { process, gatherings, clients } = reception;
  const call = readCall(withRoom(retained.call));
  const procedure = exported.procedures[call.procedure];
  if (procedure === undefined) return;
  exported.ordering?.learn(retained.place);
  if (exported.ordering?.level(callKey(call.message, call.pathEnd), retained.place) === true) return;
  if (retained.key !== "") {
    const client = clients.ofCall(retained.client.id, retained.client.members);
    gatherings.begin(client, retained.key, exported, procedure, call).execute(retained);
    return;
  }
  const home = process.endpoint.retention.home(retained.origins[0]!, retained.oldest[0]!);
  if (home === undefined) return;
  // The call may have been refused here. If its CALL is waiting, it gets its RETURN now.
  if (home.message !== undefined) home.retire();
  home.retain(call);
  home.retained!.place = retained.place;
  new Invocation(process, exported, procedure, call, home).start();
}

/** Retains a call whose effect is in the state received from another member. The call is answered and not executed. */
export function adopt({ process, gatherings, clients }: Reception, exported: Export, retained: RetainedCall): void {
  const call = readCall(withRoom(retained.call));
  const reply = withRoom(retained.reply);
  exported.ordering?.learn(retained.place);
  if (retained.key === "") {
    const home = process.endpoint.retention.home(retained.origins[0]!, retained.oldest[0]!);
    if (home === undefined || home.retained !== undefined) return;
    home.retire();
    home.retain(call);
    home.retained!.place = retained.place;
    home.reply(reply);
    return;
  }
  const client = clients.ofCall(retained.client.id, retained.client.members);
  const procedure = exported.procedures[call.procedure]!;
  gatherings.begin(client, retained.key, exported, procedure, call).restore(reply, retained);
}
