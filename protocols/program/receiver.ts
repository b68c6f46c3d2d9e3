/**
 * Receives the CALLs of a process. Each CALL is read once here, and continues as one value.
 *
 * A CALL to troupe 0 is for the process itself: an inquiry after an expected call (call/call-status.ts), or a message
 * about a transaction (transaction/process-calls.ts). Every other CALL goes to the server's half.
 */
import type { Process } from "../call/process.ts";
import { refuse, type Incoming } from "../call/server/incoming.ts";
import type { Reception } from "../call/server/reception.ts";
import type { Receiver, ServerExchange } from "../message/incoming-call.ts";
import { MalformedError } from "../wire/bytes.ts";
import { processProcedures, readCall, type Call } from "../wire/call.ts";
import { answerOnTransaction } from "../transaction/process-calls.ts";
import { answerInquiry } from "./inquiries.ts";

/** The CALL that was read last. In one process, all simulated members of a troupe get the same bytes. */
let last: Call | undefined = undefined;

export class CallReceiver implements Receiver {
  readonly #process: Process;
  readonly #reception: Reception;

  constructor(process: Process, reception: Reception) {
    this.#process = process;
    this.#reception = reception;
  }

  called(exchange: ServerExchange, message: Uint8Array): void {
    let call: Call;
    try {
      call = last?.message === message ? last : (last = readCall(message));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#process.endpoint.counters.malformed++;
      refuse(exchange, "bad-arguments");
      return;
    }
    if (call.serverTroupe === 0) this.#toProcess({ exchange, call });
    else this.#reception.called(exchange, call);
  }

  #toProcess(incoming: Incoming): void {
    if (incoming.call.procedure === processProcedures.inquiry) answerInquiry(this.#process, this.#reception, incoming);
    else answerOnTransaction(this.#process, this.#reception, incoming);
  }
}
