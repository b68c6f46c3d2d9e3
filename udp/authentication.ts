/**
 * Authentication of datagrams by a key that all processes share, with protection against replays.
 *
 * A sealed datagram is a header, the datagram itself and a tag: HMAC-SHA256 (RFC 2104), cut to 16 bytes, over the
 * addresses of sender and receiver, header and datagram. So whoever lacks the key can neither make nor change a
 * datagram, nor send a captured one to or from elsewhere. Three rules keep captured datagrams from being taken twice:
 *
 * - Each sequence number of one life of a sender is accepted once (window.ts).
 * - A process has an *epoch*, a random number. The first datagram that it takes of a sender's life must carry that
 *   number, which proves that it was sent in this epoch. Other authentic ones are answered with a question that tells
 *   the number, and count as lost: the protocols send again what was lost.
 * - Earlier lives of a sender are refused. All senders of an epoch are remembered; when they become too many, they are
 *   forgotten together with the epoch, and must prove themselves anew.
 *
 * Nothing is assumed of clocks. Contents are not hidden.
 *
 * | byte  | field |
 * | ----- | ----- |
 * | 0     | version (6 bits), kind (0 datagram, 1 question, 2 answer to a question) |
 * | 1-4   | incarnation of the sender |
 * | 5-10  | sequence number, of all that this life has sent |
 * | 11-18 | epoch of the sender |
 * | 19-26 | epoch of the receiver, 0 if not known or if there are several |
 */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from "node:crypto";
import type { Address } from "../protocols/host.ts";
import { precedes } from "../protocols/wire/segment.ts";
import { ReplayWindow } from "./window.ts";

const headerBytes = 27;
const tagBytes = 16;
/** Bytes that sealing adds to a datagram. The protocols' datagrams must be smaller by this number. */
export const sealBytes = headerBytes + tagBytes;

const version = 0b101101 << 2;
const kinds = { datagram: 0, question: 1, answer: 2 } as const;
const shortestKey = 16;
const peerLimit = 4096;
const nothing = new Uint8Array(0);

/** The known state of the process at an address. */
interface Peer {
  incarnation: number;
  epoch: bigint;
  /** Undefined until the peer has proved that it sends in this process's epoch. */
  window: ReplayWindow | undefined;
}

export interface AuthenticationCounters {
  /** Datagrams without a valid tag. */
  forged: number;
  /** Authentic datagrams that had arrived before, or arrived too late. */
  replayed: number;
  /** Authentic datagrams of senders that have not yet proved that they send in this epoch. */
  unproven: number;
}

export class Authentication {
  readonly counters: AuthenticationCounters = { forged: 0, replayed: 0, unproven: 0 };
  readonly #key: KeyObject;
  readonly #own: Address;
  readonly #incarnation: number;
  readonly #send: (to: Address, sealed: Uint8Array) => void;
  #epoch = newEpoch();
  #sequence = 0;
  readonly #peers = new Map<Address, Peer>();
  readonly #ends = Buffer.alloc(16);

  /** `key`: as `sharedKey` answers it. `send` sends the questions and answers of this protocol. */
  constructor(key: Uint8Array, own: Address, incarnation: number, send: (to: Address, sealed: Uint8Array) => void) {
    this.#key = createSecretKey(key);
    this.#own = own;
    this.#incarnation = incarnation;
    this.#send = send;
  }

  /** Seals a datagram for a process or a group. */
  seal(to: Address, datagram: Uint8Array): Uint8Array {
    return this.#seal(to, kinds.datagram, datagram);
  }

  /**
   * Opens a sealed datagram; undefined if it must not be accepted. `to`: the address of this process, or of a group.
   */
  open(from: Address, to: Address, sealed: Uint8Array): Uint8Array | undefined {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
    if (!this.#authentic(from, to, bytes)) {
      this.counters.forged++;
      return undefined;
    }
    const peer = this.#peerOf(from, bytes.readUInt32BE(1));
    if (peer === undefined) {
      this.counters.replayed++;
      return undefined;
    }
    const sequence = bytes.readUIntBE(5, 6);
    // A datagram with a sequence number below the proving datagram's may be from an earlier epoch.
    if (bytes.readBigUInt64BE(19) === this.#epoch) peer.window ??= new ReplayWindow(sequence - 1);
    if (peer.window?.take(sequence) === false) {
      this.counters.replayed++;
      return undefined;
    }
    peer.epoch = bytes.readBigUInt64BE(11);
    const kind = bytes[0]! & 3;
    if (peer.window === undefined) {
      this.counters.unproven++;
      this.#send(from, this.#seal(from, kinds.question, nothing));
    } else if (kind === kinds.datagram) return sealed.subarray(headerBytes, sealed.length - tagBytes);
    else if (kind === kinds.question) this.#send(from, this.#seal(from, kinds.answer, nothing));
    return undefined;
  }

  #seal(to: Address, kind: number, datagram: Uint8Array): Uint8Array {
    const sealed = Buffer.allocUnsafeSlow(headerBytes + datagram.length + tagBytes);
    sealed[0] = version | kind;
    sealed.writeUInt32BE(this.#incarnation, 1);
    sealed.writeUIntBE(++this.#sequence, 5, 6);
    sealed.writeBigUInt64BE(this.#epoch, 11);
    sealed.writeBigUInt64BE(this.#peers.get(to)?.epoch ?? 0n, 19);
    sealed.set(datagram, headerBytes);
    const end = sealed.length - tagBytes;
    this.#tag(this.#own, to, sealed.subarray(0, end)).copy(sealed, end, 0, tagBytes);
    return sealed;
  }

  #authentic(from: Address, to: Address, bytes: Buffer): boolean {
    if (bytes.length < sealBytes || (bytes[0]! & 0xfc) !== version) return false;
    const end = bytes.length - tagBytes;
    const tag = this.#tag(from, to, bytes.subarray(0, end));
    return timingSafeEqual(tag.subarray(0, tagBytes), bytes.subarray(end));
  }

  #tag(from: Address, to: Address, bytes: Buffer): Buffer {
    this.#ends.writeDoubleBE(from, 0);
    this.#ends.writeDoubleBE(to, 8);
    return createHmac("sha256", this.#key).update(this.#ends).update(bytes).digest();
  }

  /** The state of the sender; undefined if a later life of the sender is known. */
  #peerOf(from: Address, incarnation: number): Peer | undefined {
    const known = this.#peers.get(from);
    if (known !== undefined && known.incarnation === incarnation) return known;
    if (known !== undefined && precedes(incarnation, known.incarnation)) return undefined;
    if (known === undefined && this.#peers.size === peerLimit) {
      this.#peers.clear();
      this.#epoch = newEpoch();
    }
    const peer: Peer = { incarnation, epoch: 0n, window: undefined };
    this.#peers.set(from, peer);
    return peer;
  }
}

/**
 * The bytes of a shared key.
 *
 * @throws RangeError for a key of fewer than 16 bytes.
 */
export function sharedKey(key: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(key);
  if (bytes.length >= shortestKey) return bytes;
  throw new RangeError(`the shared key has ${bytes.length} bytes; expected at least ${shortestKey}`);
}

function newEpoch(): bigint {
  return randomBytes(8).readBigUInt64BE() || 1n;
}
