/**
 * Whether a CALL that a server waits for may still come: the server asks the member of the calling troupe that is missing.
 *
 * That a member lives does not say that it will call. It may have given this server up during a cut; its thread may have
 * ended, by an error that its fellows did not meet; its own caller may have given it up. Waiting for as long as it lives
 * would be waiting for ever, and the fellows' call with it. A member knows where its threads are: its answer is a call status
 * (call-status.ts).
 *
 * Every status but `unknown` is certain, and `gone` and `elsewhere` are final. Whoever has called the member's fellow has called the member too, at the same time:
 * so with a static table a call that is unknown for longer than its caller repeats it will never come, and the member has missed
 * a call of its troupe. As with every member that was declared crashed, nothing that it sends is heeded from then on. Where
 * memberships change callers go on, and so the CALL may come at any time: the member is in doubt, and is asked again.
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
    this.#outgoing?.exchanges[0]!.abandon();
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
