/**
 * Whether a CALL that a server waits for may still come: the server asks the member of the calling troupe that is missing.
 *
 * That a member lives does not say that it will call. It may have given this server up during a cut; its thread may have
 * ended, by an error that its fellows did not meet; its own caller may have given it up. Waiting for as long as it lives
 * would be waiting for ever, and the fellows' call with it. A member knows where its threads are (program/call-status.ts):
 *
 * | answer      | the member                                      | what the server does                                        |
 * | ----------- | ----------------------------------------------- | ----------------------------------------------------------- |
 * | `coming`    | has not come to the call, or is making it here  | waits                                                       |
 * | `gone`      | is past the call, and makes it no more here     | counts it as absent from this call, and from no other       |
 * | `elsewhere` | has made it to another troupe                   | counts it as a CALL that differs: the members disagree      |
 * | `unknown`   | does not execute the procedure that it is from  | waits for as long as a caller is patient, and no longer     |
 *
 * The first three are certain and final. Whoever has called the member's fellow has called the member too, at the same time:
 * so with a static table a call that is unknown for longer than its caller repeats it will never come, and the member has missed
 * a call of its troupe. As with every member that was declared crashed, nothing that it sends is heeded from then on. Where
 * memberships change callers go on, and so the CALL may come at any time: the member is in doubt, and is asked again.
 */
import type { Address, Milliseconds } from "../../host.ts";
import type { Endpoint } from "../../message/endpoint.ts";
import { patienceOf } from "../../message/options.ts";
import type { Caller, OutgoingCall } from "../../message/outgoing-call.ts";
import { MalformedError, Writer } from "../../wire/bytes.ts";
import { readOutcome, type CallHeader } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";

export type Standing = "coming" | "gone" | "elsewhere" | "unknown";

const writer = new Writer();

/** The question after a CALL: the head of that CALL, to no troupe but to the process itself. */
export function writeInquiry(message: Uint8Array, { pathEnd, clientTroupe }: CallHeader): Uint8Array {
  writer.begin(headerBytes);
  writer.copy(message, headerBytes, pathEnd);
  writer.byte(0);
  writer.byte(0);
  writer.integer(clientTroupe);
  writer.byte(0);
  writer.byte(0);
  writer.byte(0);
  writer.float(0);
  return writer.finish();
}

/** Who wants to know; `lost`: the call was unknown to the member for too long, and may be told again. */
export type Inquirer = (standing: "gone" | "elsewhere" | "lost") => void;

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
    const standing = standingIn(message);
    if (standing === "gone" || standing === "elsewhere") this.#answer(standing);
    else if (standing === "coming") this.#unknownSince = Infinity;
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

function standingIn(message: Uint8Array): unknown {
  try {
    const outcome = readOutcome(message);
    return outcome.type === "returned" ? outcome.value : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
