/** A CALL that has come, and how it is refused. */
import type { CallErrorKind } from "../../errors.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import { Writer } from "../../wire/bytes.ts";
import { writeFailed, type Call } from "../../wire/call.ts";

/** A CALL, read once when it has come, and the exchange that takes its RETURN. */
export interface Incoming {
  readonly exchange: ServerExchange;
  readonly call: Call;
}

const writer = new Writer();

/** Answers a CALL without executing anything. */
export function refuse(exchange: ServerExchange, kind: CallErrorKind): void {
  exchange.reply(writeFailed(writer, kind));
}
