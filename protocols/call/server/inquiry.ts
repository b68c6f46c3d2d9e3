/**
 * Whether a CALL that a server waits for may still come: the server asks the member of the calling troupe that is
 * missing.
 *
 * A member that lives need not call. It may have given this server up during a cut. Its thread may have ended by an
 * error that the other members did not meet. Its own caller may have given it up. A server that waited for as long as
 * the member lives could wait for ever, and the calls of the other members with it. A member knows where its threads
 * are, so its answer is a call status (call-status.ts). Every status but `unknown` is certain; `gone` and `elsewhere`
 * are final.
 *
 * Whoever calls one member calls all members at the same time. With a static table, a call that is unknown to a member
 * for longer than a caller repeats it will therefore never come: the member has missed a call of its troupe. Nothing
 * that such a member sends is heeded from then on, as with every member that was declared crashed. Where memberships
 * change, callers go on, and the CALL may come at any time: the member is in doubt, and is asked again.
 */
import type { Address, Milliseconds } from "../../host.ts";
import type { Endpoint } from "../../message/endpoint.ts";
import { patienceOf } from "../../message/options.ts";
import type { Caller, OutgoingCall } from "../../message/outgoing-call.ts";
import { MalformedError } from "../../wire/bytes.ts";
import { readOutcome } from "../../wire/call.ts";
import type { CallStatus } from "../call-status.ts";

/** Who wants to know; `lost`: the call was unknown to the member for too long, and may be told again. */
export type Inquirer = (status: "gone" | "elsewhere" | "lost") => void;

/** One call and one member, asked after again and again. */
export class Inquiry implements Caller {
  readonly #endpoint: Endpoint;
  readonly #peer: Address;
  readonly #question: () => Uint8Array;
  readonly #answer: Inquirer;
  #outgoing: OutgoingCall | undefined = undefined;
  /** Since when the call is unknown to the member. */
  #unknownSince: Milliseconds = Infinity;

  constructor(endpoint: Endpoint, peer: Address, question: () => Uint8Array, answer: Inquirer) {
    this.#endpoint = endpoint;
    this.#peer = peer;
    this.#question = question;
    this.#answer = answer;
  }

  /** Asks the member's process of that incarnation, unless an answer is due already. */
  ask(incarnation: number): void {
    this.#outgoing ??= this.#endpoint.call([this.#peer], undefined, this.#question(), this, [incarnation]);
  }

  stop(): void {
    this.#outgoing?.abandon(0);
  }

  returned(_index: number, message: Uint8Array): void {
    this.#outgoing = undefined;
    const status = statusIn(message);
    if (status === "gone" || status === "elsewhere") this.#answer(status);
    else if (status === "coming") this.#unknownSince = Infinity;
    else {
      const { host, options } = this.#endpoint;
      const now = host.now();
      this.#unknownSince = Math.min(this.#unknownSince, now);
      if (now - this.#unknownSince <= patienceOf(options)) return;
      this.#unknownSince = Infinity;
      this.#answer("lost");
    }
  }

  /** Whether it lives is the watch's to say. */
  crashed(): void {
    this.#outgoing = undefined;
  }
}

function statusIn(message: Uint8Array): CallStatus | undefined {
  try {
    const outcome = readOutcome(message);
    return outcome.type === "returned" ? (outcome.value as CallStatus) : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
