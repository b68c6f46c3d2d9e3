/** The protocols of replicated calls with one rule broken, again and again. */
import type { Mutant } from "./mutant.ts";

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
    find: "            piece();\n            this.leaveLater(context);",
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
    find: "while (!state.step())",
    replace: "while (false)",
    tests: "binding/partition",
  },
];
