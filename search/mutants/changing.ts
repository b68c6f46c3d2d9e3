/** The rules of calls in troupes that change with one rule broken, again and again. */
import type { Mutant } from "./mutant.ts";

const change = "protocols/binding/change/change.js";
const membership = "protocols/binding/member/membership.js";
const agreeing = "protocols/binding/change/agreeing.js";
const losses = "protocols/binding/member/losses.js";
const callers = "protocols/call/server/callers.js";
const clientTroupe = "protocols/call/server/client-troupe.js";
const manyToOne = "protocols/call/server/many-to-one.js";
const repetition = "protocols/call/client/repetition.js";

const broken: readonly Mutant[] = [
  // Repetition by the client.
  {
    name: "a client is finished with a call after the first answer",
    quick: true,
    file: "protocols/call/client/one-to-many.js",
    find: "if (--this.#unanswered === 0)",
    replace: "if (--this.#unanswered === 0 || this.decided)",
    also: [
      {
        file: repetition,
        find: "if (missing.length === 0)",
        replace: "if (missing.length === 0 || this.#call.decided)",
      },
    ],
  },
  {
    name: "a call that found no member is given up, though one may have executed it",
    file: repetition,
    find: "this.#straggle();",
    replace: 'this.#call.fail("troupe-unavailable"), this.#finish();',
    tests: "call/straggler",
  },
  {
    name: "a call overtakes one that failed and goes on in the background",
    file: "protocols/call/client/callee.js",
    find: "return this.#stragglers > 0;",
    replace: "return false;",
  },
  {
    name: "a repeated CALL does not say which call it repeats",
    file: "protocols/wire/call.js",
    find: "writer.integer(first);",
    replace: "writer.integer(0);",
  },
  {
    name: "a refused call is repeated only at the member that refused it",
    file: repetition,
    find: "filter((member) => !this.#under.has(keyOf(member)))",
    replace: "filter((member) => !this.#under.has(keyOf(member)) && troubled.has(keyOf(member)))",
    also: [
      {
        file: repetition,
        find: "this.#troubled.clear();",
        replace: "const troubled = new Map(this.#troubled); this.#troubled.clear();",
      },
    ],
  },
  {
    name: "members forget what they have answered before the client is finished",
    file: "protocols/call/client/one-to-many.js",
    find: "this.#outgoing.hold();\n        this.#unanswered",
    replace: "this.#unanswered",
  },
  {
    name: "a member that has forgotten the call of a dead client seems never to have executed it",
    file: "protocols/message/retention.js",
    find: "const forgotten = lastDrop !== null &&",
    replace: "const forgotten = false &&",
    tests: "binding/dead-client",
  },
  // Calls of a troupe that changes.
  {
    name: "members of a caller that know different memberships of the callee seem to make different calls",
    uses: ["binding", "nested"],
    file: "protocols/wire/call.js",
    find: "return message.subarray(contentAt - headerBytes);",
    replace: "return message;",
  },
  {
    name: "a server takes a silent member of a caller for dead, whatever the Ringmaster says",
    uses: ["binding", "nested"],
    file: clientTroupe,
    find: "if (!this.changes) {",
    replace: "if (true) {",
  },
  {
    name: "a caller's member that is silent is waited for until it is dropped",
    uses: ["binding", "nested"],
    file: manyToOne,
    find: "if (this.#callers.doubts(index))",
    replace: "if (false)",
  },
  {
    name: "a call is forgotten though all that have made it were dropped",
    tests: "call/changing-callers",
    file: callers,
    find: "!client.hasCrashed(index)",
    replace: "true",
  },
  {
    name: "a newcomer is not told by whom a call was made",
    uses: ["binding", "nested"],
    file: manyToOne,
    find: "            origins,\n",
    replace: "            origins: [],\n",
  },
  {
    name: "a call is answered under a binding before that under which it was executed",
    tests: "call/changing-callers",
    file: "protocols/call/server/reception.js",
    find: "if (supersedes(gathering.call.serverTroupe",
    replace: "if (false && supersedes(gathering.call.serverTroupe",
  },
  {
    name: "a waiting call is executed though the lease has run out",
    tests: "call/changing-callers",
    file: manyToOne,
    find: "if (!admission.admits(this.call.serverTroupe)) {",
    replace: "if (false) {",
  },
  {
    name: "of a member's attempts at a call only the last to come is answered",
    tests: "call/changing-callers",
    file: callers,
    find: "this.#incoming.push({ incoming, index });",
    replace:
      "this.#incoming.splice(0, Infinity, ...this.#incoming.filter((o) => o.index !== index), { incoming, index });",
  },
  {
    name: "a member's call fails when it reaches nobody, though its fellows may",
    uses: ["binding", "nested"],
    file: repetition,
    find: "call.context.troupe === 0 && this.#isOutOfReach",
    replace: "this.#isOutOfReach",
  },
  {
    name: "a procedure that was executed for an unreplicated client is unknown to those that ask",
    tests: "call/changing-callers",
    file: "protocols/call/server/reception.js",
    find: "return executed[end] === 0;",
    replace: "return false;",
  },
  {
    name: "what a member executes that was refused as none counts",
    tests: "call/changing-callers",
    file: "protocols/call/server/invocation.js",
    find: "this.#made?.expelled === true",
    replace: "false",
  },
  // Callees that are lost.
  {
    name: "a call of a lost troupe goes on for ever once a member has answered it",
    tests: "call/lost-callees",
    file: repetition,
    find: "return lost && !answered &&",
    replace: "return lost && !answered && this.#unanswered().length === this.#call.bound.troupe.members.length &&",
  },
  {
    name: "a call goes on in a troupe that was founded anew since it was made",
    tests: "call/lost-callees",
    file: repetition,
    find: "founded !== (this.#call.bound.troupe.founded ?? 0)",
    replace: "false",
  },
  {
    name: "a member that was told of a loss goes on as if its fellows had been told too",
    uses: ["binding", "nested"],
    file: membership,
    find: "this.#losses.told(call);",
    replace: "return;",
  },
  {
    name: "members that were told of a loss stay, whatever the others were told",
    uses: ["binding", "nested"],
    file: agreeing,
    find: "lossesOf(life).join() === model.join()",
    replace: "true",
  },
  {
    name: "a member that was told of fewer losses stays, though others have answered what it withholds",
    tests: "call/lost-callees",
    file: agreeing,
    find: "const eligible = sound.length > 0 ? sound : frozen;",
    replace: "const eligible = frozen;",
  },
  {
    name: "what is withheld is answered under the old ID, though members were left out that may have answered otherwise",
    tests: "call/lost-callees",
    file: losses,
    find: "execution.retain();",
    replace: "execution.proceed();",
  },
  {
    name: "a member that was told of a loss is judged before its fellows can have been told",
    tests: "call/lost-callees",
    file: losses,
    find: "this.#ripe = this.#host.now() + this.#grace;",
    replace: "",
  },
  {
    name: "what is withheld is answered before losses are settled",
    uses: ["binding", "nested"],
    file: losses,
    find: "if (this.unsettled)\n            this.#withheld.push(execution);\n        return this.unsettled;",
    replace: "return false;",
  },
  {
    name: "a member that was told of a loss executes what comes before that is settled",
    tests: "call/lost-callees",
    file: membership,
    find: "this.#losses.told(call);\n        this.#admitted = nobody;",
    replace: "this.#losses.told(call);",
    also: [
      {
        file: membership,
        find: "this.#losses.unsettled || this.registration?.recovered === true ? nobody : this.id",
        replace: "this.id",
      },
    ],
  },
  {
    name: "a change that was given up settles losses",
    uses: ["binding", "nested"],
    file: membership,
    find: "registration.settled === this.#term",
    replace: "true",
  },
  {
    name: "a newcomer receives the state of a member that was told of a loss before that is settled",
    uses: ["binding", "nested"],
    file: change,
    find: "if (settles) {",
    replace: "if (settles && newcomer === undefined) {",
  },
  {
    name: "what is told during levelling counts as settled",
    tests: "call/lost-callees",
    file: membership,
    find: "this.#losses.areKnown &&",
    replace: "",
    also: [{ file: losses, find: "this.#calls.splice(0, this.#known);", replace: "this.#calls.splice(0, Infinity);" }],
  },
  {
    name: "a failed look-up of a troupe is not a loss",
    tests: "call/lost-callees",
    file: "protocols/program/program.js",
    find: "context.toldOfLoss(name);",
    replace: "",
  },
  // Rules that the search found missing.
  {
    name: "a register's value is judged by what was learned since it was read",
    tests: "../search/regressions",
    file: membership,
    find: "isSupplanted(this.#process.life, own, registration)",
    replace: "isSupplanted(this.#process.life, this.registration, registration)",
  },
  {
    name: "a member that is dropped keeps its transactions",
    tests: "../search/regressions",
    file: "protocols/call/server/retained-calls.js",
    find: "exported.ordering?.freeze() ?? []",
    replace: "[]",
    also: [{ file: "protocols/call/server/retained-calls.js", find: "exported.ordering?.thaw(false);", replace: "" }],
  },
  {
    name: "a caller that a member refused calls the other members again",
    tests: "../search/regressions",
    file: repetition,
    find: "        if (this.#call.context.expelled) {\n",
    replace: "        if (false) {\n",
    also: [{ file: repetition, find: "        if (call.context.expelled) {\n", replace: "        if (false) {\n" }],
  },
];

export const changingMutants: readonly Mutant[] = broken.map((mutant) => ({ uses: ["binding"], ...mutant }));
