/**
 * The segment header.
 *
 * Source: dissertation, paired message protocol (chapter 4; Circus, UCB/CSD-84-196): 8 bytes with type, control bits
 * (PLEASE ACK, ACK), total segments, segment number and call number. Total and number have 12 bits each here, so that a
 * message may have several megabytes. Twelve bytes of our own follow. Their place is taken in the dissertation by call
 * numbers from clocks, and by the rule of one call at a time:
 *
 * | byte  | field |
 * | ----- | ----- |
 * | 0     | version (4 bits), HELD, ACK, PLEASE ACK, type (0 CALL, 1 RETURN) |
 * | 1-3   | total segments (12 bits), segment number (12 bits): n >= 1 for data, 0 for a probe; in an ACK, segments 1 to n have arrived |
 * | 4-7   | call number |
 * | 8-11  | incarnation of the sender: tells a process from an earlier process at the same address |
 * | 12-15 | incarnation of the intended receiver; 0: any |
 * | 16-19 | the sender's oldest open call: all its earlier calls are finished (implicit acknowledgement of their RETURNs) |
 */
export const headerBytes = 20;

export const maximumSegments = 4095;

export const returnBit = 1;
export const pleaseAckBit = 2;
export const ackBit = 4;
/**
 * On RETURN data: the server held the CALL for longer than an ACK may be delayed. Therefore the client's waiting time
 * is no round trip.
 */
export const heldBit = 8;
const version = 0b1011 << 4;

/**
 * Fills in the header of a datagram that has room for it. `flags` are `returnBit`, `pleaseAckBit`, `ackBit` and
 * `heldBit`.
 */
export function writeHeader(
  datagram: Uint8Array,
  flags: number,
  total: number,
  segment: number,
  call: number,
  from: number,
  to: number,
  oldest: number,
): void {
  datagram[0] = version | flags;
  datagram[1] = total >>> 4;
  datagram[2] = ((total & 15) << 4) | (segment >>> 8);
  datagram[3] = segment;
  writeWord(datagram, 4, call);
  writeWord(datagram, 8, from);
  writeWord(datagram, 12, to);
  writeWord(datagram, 16, oldest);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export const flagsOf = (datagram: Uint8Array): number => datagram[0]! & 15;
export const totalOf = (datagram: Uint8Array): number => (datagram[1]! << 4) | (datagram[2]! >>> 4);
export const segmentOf = (datagram: Uint8Array): number => ((datagram[2]! & 15) << 8) | datagram[3]!;
export const callOf = (datagram: Uint8Array): number => readWord(datagram, 4);
export const senderOf = (datagram: Uint8Array): number => readWord(datagram, 8);
export const receiverOf = (datagram: Uint8Array): number => readWord(datagram, 12);
export const oldestOf = (datagram: Uint8Array): number => readWord(datagram, 16);

/** The fault of a datagram that is not a valid segment; undefined if it is valid. */
export function faultOf(datagram: Uint8Array): string | undefined {
  if (datagram.length < headerBytes) return "shorter than a segment header";
  if ((datagram[0]! & 0xf0) !== version) return "not a segment of this version";
  const total = totalOf(datagram);
  const segment = segmentOf(datagram);
  if (segment > total) return "segment number beyond the total";
  if (senderOf(datagram) === 0) return "no incarnation";
  const ack = (datagram[0]! & ackBit) !== 0;
  const empty = datagram.length === headerBytes;
  if (ack && !empty) return "an ACK with data";
  // Segment 0 without ACK is a probe. Only a client sends probes.
  const probe = empty && (datagram[0]! & (pleaseAckBit | returnBit)) === pleaseAckBit;
  if (!ack && segment === 0 && !probe) return "segment number 0 on data";
  return undefined;
}

/** Whether serial number `a` comes before `b` on the circle of 2^32 (RFC 1982). */
export function precedes(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}
