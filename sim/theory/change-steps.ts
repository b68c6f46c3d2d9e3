/**
 * The steps of a change of membership, as the model counts them. Each step waits for one round trip, and its messages
 * occupy the lines (protocols/binding/change/change.ts, consensus.ts).
 */
import { majorityOf } from "../../protocols/binding/register/configuration.ts";
import { decided, founded, inOffice, type Registration } from "../../protocols/binding/register/register.ts";
import { defaultMessageOptions } from "../../protocols/message/options.ts";
import { Writer } from "../../protocols/wire/bytes.ts";
import { headerBytes } from "../../protocols/wire/segment.ts";
import { externalize } from "../../protocols/wire/value.ts";

export interface ChangeSetting {
  /** ms. */
  readonly roundTrip: number;
  /** Rate of each machine's line, in bytes/ms. */
  readonly bytesPerMs: number;
  /** Bytes on the line that each datagram adds to its own length: the headers of the lower layers. */
  readonly overhead: number;
  /** Members of the troupe, and of the Ringmaster, before the change. */
  readonly members: number;
  readonly ringmasters: number;
}

const { datagramBytes, window } = defaultMessageOptions;
const bodyBytes = datagramBytes - headerBytes;

/** Bytes of a CALL and of a RETURN that carry a few numbers, header included: an office, a ballot, a time. */
const callBytes = 90;
const returnBytes = 40;

/** Bytes of a registration of `members` members, each of which joined by a change of its own. */
function registrationBytes(members: number, office: boolean): number {
  const life = (place: number) => ({ address: 1000 + place, incarnation: 1 });
  let registration: Registration = founded(undefined, "store", life(0), { quorum: "one", group: null });
  for (let i = 1; i < members; i++) {
    const lives = Array.from({ length: i + 1 }, (_, place) => life(place));
    registration = inOffice(registration, life(i));
    registration = decided(registration, registration.term, lives)!;
  }
  const writer = new Writer();
  writer.begin(0);
  externalize(writer, office ? inOffice(registration, life(members)) : registration, "registration");
  return writer.finish().length;
}

export class Steps {
  readonly setting: ChangeSetting;
  /** Bytes of the registration before the change, in office, and after the change. */
  readonly #registered: number;
  readonly #inOffice: number;
  readonly #after: number;

  constructor(setting: ChangeSetting, after: number) {
    this.setting = setting;
    this.#registered = registrationBytes(setting.members, false);
    this.#inOffice = registrationBytes(setting.members, true);
    this.#after = registrationBytes(after, false);
  }

  /** ms that a message of `bytes` bytes, its first segment header included, occupies a line of `bytesPerMs`. */
  onLine(bytes: number, bytesPerMs = this.setting.bytesPerMs): number {
    const datagrams = Math.max(1, Math.ceil((bytes - headerBytes) / bodyBytes));
    return (bytes + (datagrams - 1) * headerBytes + datagrams * this.setting.overhead) / bytesPerMs;
  }

  /**
   * ms from the first of `members` CALLs, sent one after the other, to the RETURN of the last. `call` and `answer` are
   * the bytes of each message beyond its few numbers.
   */
  ask(members: number, call = 0, answer = 0): number {
    return this.setting.roundTrip + members * this.onLine(callBytes + call) + this.onLine(returnBytes + answer);
  }

  /** ms from a request until its answer of `bytes` bytes has arrived. */
  fetch(bytes: number, bytesPerMs = this.setting.bytesPerMs): number {
    // The last datagram of a window is acknowledged before the next goes out.
    const windows = Math.max(1, Math.ceil(bytes / bodyBytes / window));
    return this.setting.roundTrip * windows + this.onLine(callBytes) + this.onLine(headerBytes + bytes, bytesPerMs);
  }

  get #majority(): number {
    return majorityOf(this.setting.ringmasters);
  }

  /** ms to find the Ringmaster. */
  find(): number {
    return this.ask(this.#majority, 0, registrationBytes(this.setting.ringmasters, false));
  }

  /** ms to read the register. */
  read(): number {
    return this.ask(this.#majority, 0, this.#registered);
  }

  /**
   * ms to change the register, in the two phases of the consensus; `before` and `after` are bytes of the registration.
   */
  #agree(before: number, after: number): number {
    return this.ask(this.#majority, 0, before) + this.ask(this.#majority, after, after);
  }

  takeOffice(): number {
    return this.#agree(this.#registered, this.#inOffice);
  }

  decide(): number {
    return this.#agree(this.#inOffice, this.#after);
  }

  /** ms that a Ringmaster member's line takes to answer all members: each frozen member reads the register. */
  answerAll(): number {
    return this.setting.members * this.onLine(returnBytes + this.#inOffice);
  }

  /** ms until the last of `members` members has been told the decision. */
  tell(members: number): number {
    return this.setting.roundTrip / 2 + members * this.onLine(callBytes + this.#after);
  }
}
