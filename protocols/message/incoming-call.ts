/**
 * The server's side of message pairs: an incoming CALL, and the RETURN to it. Source: dissertation, paired message
 * protocol.
 */
import type { Address, Milliseconds, Timer } from "../host.ts";
import type { Call } from "../wire/call.ts";
import { ackBit, flagsOf, heldBit, pleaseAckBit, returnBit, segmentOf, totalOf, writeHeader } from "../wire/segment.ts";
import { Assembly } from "./assembly.ts";
import type { ClientPeer } from "./client-peer.ts";
import type { RoundTrip } from "./round-trip.ts";
import { Transmission, type Exchange } from "./transmission.ts";
import type { Transport } from "./transport.ts";

/** Executes CALLs. */
export interface Receiver {
  /** A CALL is complete; its body begins at `headerBytes` of the message. Answer by `exchange.reply`, now or later. */
  called(exchange: ServerExchange, message: Uint8Array): void;
}

/** Is told when the client is finished with a call. */
export interface Retainer {
  forgotten(): void;
}

/** What an exchange retains, besides the RETURN, until the client is finished with the call (retention.ts). */
export interface Retained {
  /** The CALL that was executed; undefined if the retainer has it. */
  readonly executed: Call | undefined;
  readonly retainer: Retainer | undefined;
  /** Repetitions of the call that arrived during its execution. */
  readonly repetitions: ServerExchange[];
  /** The place that an ordering has given the call (call/server/ordering.ts); otherwise 0. */
  place: number;
}

export class ServerExchange implements Exchange {
  readonly client: ClientPeer;
  readonly number: number;
  kind = returnBit;
  /** The RETURN behind room for a header; undefined before there is one and after it is acknowledged. */
  message: Uint8Array | undefined = undefined;
  /** The segments of a CALL of several segments, until it is complete. */
  #incoming: Assembly | undefined = undefined;
  #received = false;
  /** The number of segments of the CALL. */
  #total = 0;
  /** When the CALL was complete; once there is a RETURN, when the RETURN or its last repetition was sent. */
  sentAt: Milliseconds = 0;
  timeout: Milliseconds = 0;
  #timer: Timer | undefined = undefined;
  transmission: Transmission | undefined = undefined;
  /**
   * Whether the RETURN has been acknowledged or given up. Unless the exchange is retained, only the call number is
   * still remembered.
   */
  finished = false;
  /** Whether the exchange has not been heard since the last sweep. */
  old = false;
  retained: Retained | undefined = undefined;

  constructor(client: ClientPeer, call: number) {
    this.client = client;
    this.number = call;
    client.transport.load.calls++;
  }

  get transport(): Transport {
    return this.client.transport;
  }

  get peer(): Address {
    return this.client.address;
  }

  get peerIncarnation(): number {
    return this.client.incarnation;
  }

  get roundTrip(): RoundTrip {
    return this.client.roundTrip;
  }

  /** The CALL is being executed from now on, or the retainer holds it and answers it. */
  retain(executed: Call | undefined, retainer?: Retainer): void {
    this.retained = { executed, retainer, repetitions: [], place: 0 };
    this.client.retains = true;
  }

  /** Drops the CALL without executing it. Answers the waiting repetitions too. */
  forgo(): readonly ServerExchange[] {
    const repetitions = this.retained?.repetitions ?? [];
    this.retained = undefined;
    return this.finished ? repetitions : [this as ServerExchange, ...repetitions];
  }

  /**
   * Remembers only the call number from now on. Answers the repetitions that wait for the RETURN, which will not be
   * sent.
   */
  endRetention(): readonly ServerExchange[] {
    const repetitions = this.retained?.repetitions ?? [];
    this.retained = undefined;
    this.retire();
    return repetitions;
  }

  /** Retains the RETURN for later repetitions. Answers the waiting repetitions, which do not get the RETURN. */
  retainReply(message: Uint8Array): readonly ServerExchange[] {
    const waiting = this.retained?.repetitions.splice(0) ?? [];
    this.retire();
    this.reply(message);
    return waiting;
  }

  /** Ends the exchange without a RETURN: the client has turned to a repetition of the call, or never called here. */
  retire(): void {
    this.#finish();
    this.#dropParts();
    this.#received = true;
  }

  /** Another CALL repeats the call of this exchange, and gets the same RETURN. */
  repeatedBy(exchange: ServerExchange): void {
    if (this.message !== undefined) exchange.reply(this.message.slice());
    else this.retained!.repetitions.push(exchange);
  }

  /** Whether the exchange is inactive: it is finished, or its CALL is incomplete. */
  get idle(): boolean {
    return this.finished || !this.#received;
  }

  receive(datagram: Uint8Array): void {
    this.old = false;
    const flags = flagsOf(datagram);
    const isReturn = (flags & returnBit) !== 0;
    const isAck = (flags & ackBit) !== 0;
    if (isReturn && isAck && this.message !== undefined) this.#sending().acknowledge(segmentOf(datagram));
    const { transmission } = this;
    // Any segment of this call shows that the client is alive and waits for the RETURN.
    if (transmission !== undefined) transmission.attempt = 0;
    if (isReturn) {
      if (isAck && this.message !== undefined && transmission!.isComplete) this.#finish();
    } else if (!isAck) {
      if (this.#received) this.#repeated(datagram, flags);
      else this.#gather(datagram, flags);
    }
  }

  /** The transmission of the RETURN. */
  #sending(): Transmission {
    return (this.transmission ??= new Transmission(this as ServerExchange, 1, 1));
  }

  #gather(datagram: Uint8Array, flags: number): void {
    const { transport } = this;
    const total = totalOf(datagram);
    let message = datagram;
    // Segment 0 is a probe for a call that is incomplete.
    if (total > 1 || segmentOf(datagram) === 0) {
      const outcome = segmentOf(datagram) === 0 ? "probe" : this.#buffer(datagram, total);
      if (this.#incoming?.complete !== true) {
        if (outcome === "gap" || (flags & pleaseAckBit) !== 0) {
          const { peer, peerIncarnation, number } = this;
          transport.sendAck(peer, peerIncarnation, 0, number, total, this.#incoming?.contiguous ?? 0);
        }
        return;
      }
      message = this.#incoming.message();
    }
    this.#dropParts();
    this.#received = true;
    this.#total = total;
    if (total > 1 || (flags & pleaseAckBit) !== 0) {
      // The CALL is complete. The ACK is delayed, since the RETURN may make it superfluous.
      this.#timer = transport.host.after(transport.options.ackDelay, onAckDue, this as ServerExchange);
    }
    const { host } = transport;
    this.sentAt = host.now();
    if (host.traced) {
      host.trace({ type: "message-received", from: this.peer, kind: "call", call: this.number, bytes: message.length });
    }
    this.client.receiver.called(this, message);
  }

  /** Buffers one of several segments, unless the peer's incomplete CALLs already take too much memory. */
  #buffer(datagram: Uint8Array, total: number): "next" | "gap" | "duplicate" | "refused" {
    const { counters, load, options } = this.transport;
    const peer = this.client;
    const partial = (peer.partial ??= new Set()).add(this);
    // Always admit the oldest incomplete CALL, or all could block one another.
    const tooMuch = peer.partialBytes >= options.partialBytesPerPeer && partial.values().next().value !== this;
    if (tooMuch || load.bytes >= options.bytes) {
      counters.refused++;
      return "refused";
    }
    const incoming = (this.#incoming ??= new Assembly(total));
    const before = incoming.memory;
    const outcome = incoming.add(datagram);
    peer.partialBytes += incoming.memory - before;
    load.bytes += incoming.memory - before;
    return outcome;
  }

  /** A segment of a complete CALL: a duplicate, or a probe by the client. */
  #repeated(datagram: Uint8Array, flags: number): void {
    const { transport } = this;
    if (segmentOf(datagram) > 0) {
      transport.counters.duplicates++;
      const { peer: from, number: call } = this;
      if (transport.host.traced) transport.host.trace({ type: "duplicate", from, kind: "call", call });
    }
    if ((flags & pleaseAckBit) === 0 || this.finished) return;
    if (this.message === undefined) {
      const total = totalOf(datagram);
      transport.sendAck(this.peer, this.peerIncarnation, 0, this.number, total, total);
    } else this.#sending().repeat();
  }

  /** Sends the RETURN: its body behind `headerBytes` of room. The message belongs to the exchange from now on. */
  reply(message: Uint8Array): void {
    const { retained, transport } = this;
    if (this.message !== undefined || (this.finished && retained === undefined)) return;
    if (retained !== undefined) for (const exchange of retained.repetitions.splice(0)) exchange.reply(message.slice());
    this.message = message;
    this.client.returnBytes += message.length;
    transport.load.bytes += message.length;
    if (this.finished) return;
    const { host, options } = transport;
    this.#stopTimer();
    const total = transport.segmentsOf(message);
    if (host.traced) {
      host.trace({ type: "message-sent", to: this.peer, kind: "return", call: this.number, bytes: message.length });
    }
    const now = host.now();
    this.kind = now - this.sentAt > options.ackDelay ? returnBit | heldBit : returnBit;
    if (total === 1) {
      const { incarnation } = host;
      writeHeader(message, this.kind, 1, 1, this.number, incarnation, this.peerIncarnation, transport.oldestOpen);
      host.send(this.peer, message);
    } else {
      this.transmission = new Transmission(this as ServerExchange, total, 0);
      this.transmission.transmit();
    }
    this.sentAt = now;
    this.timeout = this.client.roundTrip.timeout;
    this.#timer = host.after(this.timeout, onTimer, this as ServerExchange);
  }

  repeats(): void {
    this.sentAt = this.transport.host.now();
  }

  tick(): void {
    this.#timer = undefined;
    const sending = this.#sending();
    if (sending.exhausted) {
      // The client is dead, or has finished without being heard. In both cases it does not wait for this RETURN.
      this.#finish();
      return;
    }
    sending.attempt++;
    sending.repeat();
    this.#timer = this.transport.host.after(sending.interval(), onTimer, this as ServerExchange);
  }

  ackDue(): void {
    this.#timer = undefined;
    this.transport.sendAck(this.peer, this.peerIncarnation, 0, this.number, this.#total, this.#total);
  }

  #stopTimer(): void {
    if (this.#timer === undefined) return;
    this.transport.host.cancel(this.#timer);
    this.#timer = undefined;
  }

  #dropParts(): void {
    this.client.partial?.delete(this);
    if (this.#incoming === undefined) return;
    this.client.partialBytes -= this.#incoming.memory;
    this.transport.load.bytes -= this.#incoming.memory;
    this.#incoming = undefined;
  }

  #finish(): void {
    this.finished = true;
    if (this.message !== undefined && this.retained === undefined) {
      this.client.returnBytes -= this.message.length;
      this.transport.load.bytes -= this.message.length;
      this.message = undefined;
    }
    this.#stopTimer();
  }

  /** The client is dead. No further segment is sent to it. */
  abandon(): void {
    this.#finish();
    this.#dropParts();
  }

  /** Ends the exchange, and frees all that it holds. */
  discard(): void {
    const { retained } = this;
    this.retained = undefined;
    this.#finish();
    this.#dropParts();
    this.transport.load.calls--;
    retained?.retainer?.forgotten();
  }
}

function onTimer(exchange: ServerExchange): void {
  exchange.tick();
}

function onAckDue(exchange: ServerExchange): void {
  exchange.ackDue();
}
