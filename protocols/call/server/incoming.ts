/** Incoming CALLs, and their refusal. */
import type { CallErrorKind } from "../../errors.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import { Writer } from "../../wire/bytes.ts";
import { writeFailed, type Call } from "../../wire/call.ts";

/** A CALL, read once on arrival, with the exchange that takes its RETURN. */
export interface Incoming {
  readonly exchange: ServerExchange;
  readonly call: Call;
}

const writer = new Writer();

/** Answers a CALL with an error, without executing it. */
export function refuse(exchange: ServerExchange, kind: CallErrorKind): void {
  exchange.reply(writeFailed(writer, kind));
}

export function refuseAll(calls: Iterable<Incoming>, kind: CallErrorKind): void {
  for (const { exchange } of calls) refuse(exchange, kind);
}
