/** The protocols of messages and calls with one rule broken, again and again. */

/**
 * Randomized runs: of replicated calls (campaign.ts), of troupes that change (test/protocols/binding/schedule.ts), also where one
 * calls another, of agreement in the Ringmaster (agreement.ts, there too). And pauses of a newcomer at each of its steps
 * (test/campaign/kills.ts).
 */
export type Campaign = "calls" | "binding" | "nested" | "agreement" | "pauses";

export interface Edit {
  /** The compiled file, and a piece of it that occurs in it once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant extends Edit {
  /** What it does wrong. */
  readonly name: string;
  /** What else must be changed for that. */
  readonly also?: readonly Edit[];
  /** The tests that catch it, by file below dist/test/protocols; a randomized campaign if nothing is said. */
  readonly tests?: string;
  /** Which campaign; that of calls if nothing is said. */
  readonly campaign?: Campaign;
  /** Caught in few seconds. */
  readonly quick?: boolean;
}

const endpoint = "protocols/message/endpoint.js";
const incoming = "protocols/message/incoming-call.js";
const outgoing = "protocols/message/outgoing-call.js";
const exchange = "protocols/message/exchange.js";
const roundTrip = "protocols/message/round-trip.js";
const manyToOne = "protocols/call/server/many-to-one.js";
const callers = "protocols/call/server/callers.js";
const clientTroupe = "protocols/call/server/client-troupe.js";
const collator = "protocols/call/collator.js";
const runtime = "protocols/thread/runtime.js";
const reception = "protocols/call/server/reception.js";
const callee = "protocols/call/client/callee.js";
const collatedCall = "protocols/call/client/collated-call.js";
const context = "protocols/thread/context.js";
const inquiry = "protocols/call/server/inquiry.js";
const inquiries = "protocols/program/inquiries.js";
const oneToMany = "protocols/call/client/one-to-many.js";

export const callMutants: readonly Mutant[] = [
  {
    name: "late segments of finished calls are not recognised as duplicates",
    file: endpoint,
    find: "if (peer !== undefined && precedes(number, peer.oldest)) {",
    replace: "if (false) {",
  },
  {
    name: "a CALL that comes again while it executes is executed again",
    file: incoming,
    find: "if (this.#received)\n",
    replace: "if (false)\n",
  },
  {
    name: "what is finished may be forgotten before a datagram's lifetime is over",
    file: endpoint,
    find: "const { old } = exchange;",
    replace: "const old = true;",
    tests: "message/duplicates",
  },
  {
    name: "that a client's process was replaced is forgotten",
    file: endpoint,
    find: "peer = this.#newPeer(from, datagram);",
    replace: "peer = undefined;",
  },
  {
    name: "the RETURN is not kept for slower members of the caller",
    file: manyToOne,
    find: "else if (this.#reply !== undefined)",
    replace: "else if (false)",
  },
  {
    name: "every CALL of a gathering is executed",
    file: manyToOne,
    find: "this.#late(incoming);",
    replace: "this.#invocation().start();",
  },
  {
    name: "a RETURN to the process that ran before is taken for one to the call of the same number",
    file: endpoint,
    find: "const ours = receiverOf(datagram) === this.host.incarnation;",
    replace: "const ours = true;",
  },
  {
    name: "a CALL meant for the process that ran before is executed",
    file: endpoint,
    find: "(meant !== 0 && meant !== this.host.incarnation) || ",
    replace: "",
    tests: "message/duplicates",
  },
  {
    name: "a restarted process has the incarnation, and so the call numbers, of the one before",
    file: "sim/machine/process.js",
    find: "++this.lives",
    replace: "1",
  },
  {
    name: "an ACK names the highest segment that came, not that up to which all have come",
    file: incoming,
    find: "this.incoming?.contiguous ?? 0",
    replace: "segmentOf(datagram)",
  },
  {
    name: "a later call acknowledges the RETURN to one that is still open",
    file: endpoint,
    find: "this.#calls.first?.number ?? this.#nextCall",
    replace: "this.#nextCall",
  },
  {
    name: "a RETURN is not repeated",
    file: incoming,
    find: "        this.attempt++;\n        this.repeat();",
    replace: "        this.attempt++;",
    tests: "message/retransmission",
  },
  {
    name: "a repetition does not ask for an ACK",
    file: exchange,
    find: "this.datagram(segment, pleaseAckBit)",
    replace: "this.datagram(segment, 0)",
  },
  {
    name: "the last segment is repeated, not the first that is missing",
    file: exchange,
    find: "const segment = this.acknowledged + 1;",
    replace: "const segment = this.total;",
  },
  {
    name: "a segment out of order is not acknowledged at once",
    file: incoming,
    find: 'outcome === "gap" || ',
    replace: "",
    tests: "message/acknowledgement",
  },
  {
    name: "there is no back-off",
    file: "protocols/message/options.js",
    find: "interval *= backoff",
    replace: "interval *= 1",
    tests: "message/retransmission",
  },
  {
    name: "nobody is ever declared crashed",
    file: outgoing,
    find: "tooLate || this.exhausted",
    replace: "tooLate",
  },
  {
    name: "a process whose round trip is long is waited for beyond the patience",
    file: exchange,
    find: "excess > 0",
    replace: "false",
    tests: "message/round-trip",
  },
  {
    name: "an ACK of which nobody knows what it answers is a sample",
    file: exchange,
    find: "this.#repetitions === (this.total === 1 ? 1 : 0)",
    replace: "true",
    tests: "message/round-trip",
  },
  {
    name: "a RETURN after a repetition of the CALL is a sample",
    file: exchange,
    find: "if (this.#repetitions > 0)",
    replace: "if (false)",
    tests: "message/round-trip",
  },
  {
    name: "each window of a long message is measured from its beginning",
    file: exchange,
    find: "this.acknowledged < atOnce && ",
    replace: "",
    tests: "message/round-trip",
  },
  {
    name: "the timeout that was backed off is not kept until there is a sample",
    file: roundTrip,
    find: "if (!this.#bounds.adaptive)",
    replace: "if (true)",
    tests: "message/round-trip",
  },
  {
    name: "the fixed interval adapts",
    file: roundTrip,
    find: "if (!adaptive)",
    replace: "if (false)",
    tests: "message/round-trip",
  },
  {
    name: "the timeout does not know how much round trips vary",
    file: roundTrip,
    find: "4 * this.#deviation",
    replace: "0",
    tests: "message/round-trip",
  },
  {
    name: "every timeout has a length of its own",
    file: roundTrip,
    find: "Math.ceil((time - octave) / step)",
    replace: "((time - octave) / step)",
    tests: "message/round-trip",
  },
  {
    name: "round trips to any number of peers are remembered",
    file: roundTrip,
    find: "this.#byPeer.size >= this.#most",
    replace: "false",
    tests: "message/round-trip",
  },
  {
    name: "what was measured to a process holds for the next at its address",
    file: roundTrip,
    find: "precedes(roundTrip.incarnation, incarnation)",
    replace: "false",
    tests: "message/round-trip",
  },
  {
    name: "the time of a procedure is taken for one of the network",
    file: outgoing,
    find: "flags & (heldBit | pleaseAckBit)",
    replace: "flags & pleaseAckBit",
    tests: "message/round-trip",
  },
  {
    name: "a RETURN that was repeated measures the round trip of its CALL",
    file: outgoing,
    find: "flags & (heldBit | pleaseAckBit)",
    replace: "flags & heldBit",
    tests: "message/round-trip",
  },
  {
    name: "a later call measures how soon the client acknowledges a RETURN",
    file: incoming,
    find: "this.measureImplied(false)",
    replace: "this.measureImplied(true)",
    tests: "message/acknowledgement",
  },
  {
    name: "an ACK of a RETURN is lost on what it measures, since it implies that the call is finished",
    file: endpoint,
    find: "peer?.calls.find(number)?.receive(datagram);\n            peer?.heard(oldestOf(datagram));",
    replace: "peer?.heard(oldestOf(datagram));\n            peer?.calls.find(number)?.receive(datagram);",
    tests: "message/round-trip",
  },
  {
    name: "there are no probes",
    file: outgoing,
    find: "            this.attempt++;\n            this.#probe();",
    replace: "",
    tests: "message/retransmission",
  },
  {
    name: "a client that stood still repeats its CALL",
    file: outgoing,
    find: "options.datagramLifetime / 2",
    replace: "Infinity",
    tests: "message/retransmission",
  },
  {
    name: "incomplete CALLs may take any amount of memory",
    file: incoming,
    find: "peer.partialBytes >= options.partialBytesPerPeer",
    replace: "false",
    tests: "message/memory",
  },
  {
    name: "an outsider's CALL begins a gathering",
    file: reception,
    find: "client.place(exchange) < 0",
    replace: "false",
    tests: "call/many-to-one",
  },
  {
    name: "a later process at a caller's address is taken for the member",
    file: clientTroupe,
    find: "if (known === peerIncarnation)",
    replace: "if (true)",
    tests: "call/many-to-one",
  },
  {
    name: "a crashed member of the caller is waited for again and again",
    file: callers,
    find: "client.hasCrashed(i) ? null : undefined",
    replace: "undefined",
    tests: "call/many-to-one",
  },
  {
    name: "a watch does not know which process it watches",
    file: clientTroupe,
    find: "watch(this.members[index].address, this.#incarnations[index],",
    replace: "watch(this.members[index].address, 0,",
    tests: "call/many-to-one",
  },
  {
    name: "majority is of the survivors",
    file: collator,
    find: "needed(entries.length)",
    replace: "needed(entries.filter((entry) => entry !== null).length)",
  },
  {
    name: "unanimous does not mind differences",
    file: collator,
    find: "return disagreement;",
    replace: "continue;",
  },
  {
    name: "the watchdog does not compare",
    file: collatedCall,
    find: "this.#chosen !== undefined && !sameBody(message, this.#chosen)",
    replace: "false",
  },
  {
    name: "nested calls of one procedure have the same path",
    file: callee,
    find: "const sequence = ++context.sequence;",
    replace: "const sequence = 1;\n    ++context.sequence;",
  },
  {
    name: "a thread loses its identity at the first await",
    file: runtime,
    find: "            piece();\n            this.leaveLater();",
    replace: "            piece();\n            this.leave();",
  },
  {
    name: "members of a replicated root name its threads by their own address",
    file: runtime,
    find: "Context.root(troupe, 0, number, troupe)",
    replace: "Context.root(this.host.address, 0, number, troupe)",
  },
  {
    name: "random numbers are those of the member",
    file: context,
    find: "threads.fork(`thread ${thread}`)",
    replace: "threads.fork(`thread ${(globalThis.mutantDraws = (globalThis.mutantDraws ?? 0) + 1)}`)",
    tests: "call/threads",
  },
  {
    name: "a member that lives is not asked whether it may still call",
    file: clientTroupe,
    find: "if (vigil.heard)",
    replace: "if (false)",
    tests: "call/cuts",
  },
  {
    name: "a member says that it may still call a server that it has given up",
    file: oneToMany,
    find: 'exchange.done ? "gone" : "coming"',
    replace: '"coming"',
    tests: "call/inquiry",
  },
  {
    name: "a member says that it will not call, though it has not come to the call yet",
    file: inquiries,
    find: 'context.sequence < step ? "coming" : "gone"',
    replace: '"gone"',
    tests: "call/inquiry",
  },
  {
    name: "a thread that has not begun counts as ended",
    file: inquiries,
    find: "number > process.runtime.threadsOf(origin)",
    replace: "false",
    tests: "call/inquiry",
  },
  {
    name: "a thread that has ended counts as one that waits",
    file: runtime,
    find: "if (--context.waits === 0 && context.troupe !== 0)",
    replace: "if (--context.waits === 0 && false)",
    tests: "call/cuts",
  },
  {
    name: "a member that does not know the call is waited for as long as it lives",
    file: inquiry,
    find: 'this.#answer("lost")',
    replace: "undefined",
    tests: "call/inquiry",
  },
  {
    name: "a member that does not know the call yet is declared crashed at once",
    file: inquiry,
    find: "<= patienceOf(options)",
    replace: "< 0",
    tests: "call/inquiry",
  },
  {
    name: "a member that has made the call elsewhere counts as absent",
    file: callers,
    find: "elsewhere ? madeElsewhere : null",
    replace: "null",
    tests: "call/threads",
  },
  {
    name: "a gathering is forgotten while a CALL of an absent member may be on its way",
    file: manyToOne,
    find: "this.#retention.prolongForStrays();",
    replace: "",
    tests: "call/inquiry",
  },
  {
    name: "a later life is taken for the member that answered a probe",
    file: clientTroupe,
    find: "(this.#incarnations[index] ||= incarnation)",
    replace: "(this.#incarnations[index] || incarnation)",
    tests: "call/inquiry",
  },
  {
    name: "the branches of a thread number their calls together",
    file: runtime,
    find: "branches.map(() => trunk.branch())",
    replace: "branches.map(() => trunk)",
    tests: "call/threads",
  },
  {
    name: "branches that have failed are told by the order of time",
    file: runtime,
    find: "Promise.allSettled(all).then(",
    replace:
      'Promise.all(all).then((all) => all.map((value) => ({ status: "fulfilled", value })), (reason) => [{ status: "rejected", reason }]).then(',
    tests: "call/threads",
  },
  {
    name: "the watchdog does not abort the thread from within a branch",
    file: context,
    find: "this.#trunk?.abort();",
    replace: "",
    tests: "call/collating",
  },
  {
    name: "a module's collator of arguments calls under the names of the procedure's calls",
    file: "protocols/call/server/invocation.js",
    find: "this.context.branch()",
    replace: "this.context",
    tests: "call/collating",
  },
  {
    name: "a member that cannot renew its lease goes on",
    file: "protocols/binding/member/membership.js",
    find: "troupe === this.#admitted && this.lease.runs",
    replace: "troupe === this.#admitted",
    tests: "binding/partition",
  },
  {
    name: "a member that was dropped does not mind",
    file: "protocols/binding/member/membership.js",
    find: "                this.#leave(registration);",
    replace: "                return;",
    tests: "binding/partition",
  },
  {
    name: "less than a majority may go on where a majority is asked for",
    file: "protocols/binding/register/register.js",
    find: "frozen > members.length / 2",
    replace: "true",
    tests: "binding/partition",
  },
  {
    name: "a client forgets the members that have not answered as soon as it has its answer",
    file: "protocols/call/client/repetition.js",
    find: "call.decided && host.now() - this.#begun > endpoint.options.datagramLifetime",
    replace: "call.decided",
    tests: "binding/partition",
  },
  {
    name: "a member that was dropped joins again with its own state",
    file: "protocols/binding/state/transfer.js",
    find: "internalizeState(",
    replace: "(() => undefined)(",
    tests: "binding/partition",
  },
];
