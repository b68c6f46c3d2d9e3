/** The CALLs and RETURNs of a trace in words, put together from the datagrams that carried them. */
import { inspect } from "node:util";
import type { Address } from "../../protocols/host.ts";
import type { MessageKind } from "../../protocols/trace.ts";
import { describeCall } from "../../protocols/thread/context.ts";
import { MalformedError } from "../../protocols/wire/bytes.ts";
import { processProcedures, readArguments, readCall, readOutcome, type Call } from "../../protocols/wire/call.ts";
import {
  ackBit,
  callOf,
  faultOf,
  flagsOf,
  headerBytes,
  pleaseAckBit,
  receiverOf,
  returnBit,
  segmentOf,
  senderOf,
  totalOf,
} from "../../protocols/wire/segment.ts";
import { readAnswer, readVote } from "../../protocols/wire/vote.ts";
import type { StampedEvent } from "../../sim/trace.ts";

/** The header of a datagram of paired messages. */
export interface Segment {
  readonly kind: MessageKind;
  readonly use: "data" | "acknowledgement" | "probe";
  readonly call: number;
  readonly segment: number;
  readonly total: number;
  readonly pleaseAck: boolean;
  /** Incarnations; that of the receiver is 0 where any will do. */
  readonly sender: number;
  readonly receiver: number;
}

/** Undefined if the datagram is no segment. */
export function segmentIn(datagram: Uint8Array): Segment | undefined {
  if (faultOf(datagram) !== undefined) return undefined;
  const flags = flagsOf(datagram);
  const segment = segmentOf(datagram);
  return {
    kind: (flags & returnBit) !== 0 ? "return" : "call",
    use: (flags & ackBit) !== 0 ? "acknowledgement" : segment === 0 ? "probe" : "data",
    call: callOf(datagram),
    segment,
    total: totalOf(datagram),
    pleaseAck: (flags & pleaseAckBit) !== 0,
    sender: senderOf(datagram),
    receiver: receiverOf(datagram),
  };
}

/** What a whole message says. */
export interface Message {
  readonly text: string;
  readonly thread?: string;
  readonly path?: string;
}

interface Parts {
  readonly kind: MessageKind;
  readonly from: Address;
  readonly to: Address;
  readonly receiver: number;
  readonly segments: Map<number, Uint8Array>;
  readonly total: number;
}

/** Bytes within a value, told by their number. */
class Bytes {
  readonly #length: number;
  constructor(length: number) {
    this.#length = length;
  }
  [inspect.custom](): string {
    return `${this.#length} bytes`;
  }
}

function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Bytes(value.length);
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutBytes(field)]));
}

/** A value in few words. */
export function valueText(value: unknown): string {
  const options = { depth: 2, breakLength: Infinity, compact: true, maxArrayLength: 8, maxStringLength: 40 } as const;
  const text = inspect(withoutBytes(value), options);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function keyOf(kind: MessageKind, from: Address, incarnation: number, to: Address, call: number): string {
  return `${kind} ${from} ${incarnation} ${to} ${call}`;
}

/** Name and arguments as code writes them. */
function callText(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map(valueText).join(", ")})`;
}

export class Messages {
  readonly #parts = new Map<string, Parts>();
  readonly #read = new Map<string, Message>();
  /** Names of procedures, by thread and path of their calls. */
  readonly #procedures = new Map<string, string>();
  /** The first CALL under each thread and path. */
  readonly #calls = new Map<string, string>();
  /** The latest CALL from a client to a member under a call number. */
  readonly #numbered = new Map<string, string>();

  constructor(trace: readonly StampedEvent[]) {
    for (const { address, event } of trace) {
      if (event.type === "call" || event.type === "execute") {
        this.#procedures.set(`${event.thread} ${event.path}`, event.procedure);
      } else if (event.type === "datagram-sent") this.#add(address, event.to, event.datagram);
    }
  }

  #add(from: Address, to: Address, datagram: Uint8Array): void {
    const head = segmentIn(datagram);
    if (head?.use !== "data") return;
    const { kind, call, segment, total, sender, receiver } = head;
    const key = keyOf(kind, from, sender, to, call);
    let parts = this.#parts.get(key);
    if (parts === undefined) {
      parts = { kind, from, to, receiver, total, segments: new Map() };
      this.#parts.set(key, parts);
    }
    if (parts.segments.has(segment)) return;
    parts.segments.set(segment, datagram);
    if (parts.segments.size !== total) return;
    if (kind === "call") this.#numbered.set(`${from} ${to} ${call}`, key);
    const { thread, path } = this.#message(key);
    if (kind !== "call" || thread === undefined) return;
    if (!this.#calls.has(`${thread} ${path}`)) this.#calls.set(`${thread} ${path}`, key);
  }

  /** The message that a segment belongs to. */
  of(from: Address, to: Address, { kind, sender, call }: Segment): Message {
    return this.#message(keyOf(kind, from, sender, to, call));
  }

  /** The call with this name, as code writes it: `deposit(5)`; without its arguments if no CALL of it is whole. */
  call(thread: string, path: string, procedure: string): string {
    const key = this.#calls.get(`${thread} ${path}`);
    return key === undefined ? `${procedure}()` : this.#message(key).text;
  }

  #message(key: string): Message {
    let message = this.#read.get(key);
    if (message === undefined) {
      const parts = this.#parts.get(key);
      message = parts === undefined ? { text: "" } : this.#inWords(parts, key);
      if (parts?.segments.size === parts?.total) this.#read.set(key, message);
    }
    return message;
  }

  #inWords(parts: Parts, key: string): Message {
    const { kind, segments, total } = parts;
    if (segments.size < total) return { text: `${segments.size} of ${total} segments of a ${kind.toUpperCase()}` };
    const bodies = Array.from({ length: total }, (_, i) => segments.get(i + 1)!.subarray(headerBytes));
    const whole = new Uint8Array(Buffer.concat([segments.get(1)!.subarray(0, headerBytes), ...bodies]));
    try {
      return kind === "call" ? this.#callInWords(whole, parts) : this.#returnInWords(whole, parts, key);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return { text: `${kind.toUpperCase()} of ${whole.length - headerBytes} bytes` };
    }
  }

  #callInWords(whole: Uint8Array, { from, to }: Parts): Message {
    const call = readCall(whole);
    if (call.serverTroupe === 0) return { text: processCallText(call), ...this.#votedOn(call, from, to) };
    const names = describeCall(whole, headerBytes, call.pathEnd);
    const name = this.#procedures.get(`${names.thread} ${names.path}`) ?? `procedure ${call.procedure}`;
    try {
      return { text: callText(name, readArguments(call)), ...names };
    } catch (error) {
      // Stubs write arguments in an encoding of their own, which only their interface reads.
      if (!(error instanceof MalformedError)) throw error;
      return { text: `${name}(${whole.length - call.argumentsAt} bytes)`, ...names };
    }
  }

  /** The call that a CALL of ready_to_commit is about: one that its receiver has made to its sender. */
  #votedOn(call: Call, from: Address, to: Address): { thread?: string; path?: string } {
    if (call.procedure !== processProcedures.readyToCommit) return {};
    const key = this.#numbered.get(`${to} ${from} ${readVote(call.message, call.argumentsAt).call}`);
    const { thread, path } = key === undefined ? {} : this.#message(key);
    return thread === undefined ? {} : { thread, path: path! };
  }

  #returnInWords(whole: Uint8Array, { from, to, receiver }: Parts, key: string): Message {
    const asked = this.#parts.get(keyOf("call", to, receiver, from, Number(key.slice(key.lastIndexOf(" ") + 1))));
    const calling = asked?.segments.get(1);
    let names: Omit<Message, "text"> = {};
    if (calling !== undefined) {
      const call = readCall(calling);
      if (call.serverTroupe === 0 && call.procedure === processProcedures.readyToCommit) {
        const { answer, number } = readAnswer(whole);
        const text = answer === "abort" ? `abort attempt ${number}` : answer;
        return { text, ...this.#votedOn(call, to, from) };
      }
      if (call.serverTroupe !== 0) names = describeCall(calling, headerBytes, call.pathEnd);
    }
    try {
      return { text: outcomeText(whole), ...names };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return { text: `RETURN of ${whole.length - headerBytes} bytes`, ...names };
    }
  }
}

function outcomeText(whole: Uint8Array): string {
  const outcome = readOutcome(whole);
  if (outcome.type === "returned") return valueText(outcome.value);
  if (outcome.type === "raised") return `${outcome.name}: ${outcome.message}`;
  return outcome.type === "failed" ? `refused: ${outcome.kind}` : outcome.error.message;
}

function processCallText(call: Call): string {
  if (call.procedure === processProcedures.readyToCommit) {
    const { attempt, time } = readVote(call.message, call.argumentsAt);
    return time === null ? `not ready, attempt ${attempt}` : `ready to commit, attempt ${attempt}`;
  }
  if (call.procedure === processProcedures.settle) return callText("settle", readArguments(call));
  const { thread, path } = describeCall(call.message, headerBytes, call.pathEnd);
  return `is call ${path} of ${thread} coming?`;
}
