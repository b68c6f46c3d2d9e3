/**
 * The protocols of replicated transactions with one rule broken, again and again; each is caught by the tests of the
 * rule.
 */
import type { Mutant } from "./mutant.ts";

const locks = "protocols/transaction/locks.js";
const decision = "protocols/transaction/decision.js";
const queue = "protocols/transaction/queue.js";
const recorder = "protocols/transaction/recorder.js";
const changes = "protocols/transaction/changes.js";
const election = "protocols/transaction/election.js";
const commit = "protocols/transaction/troupe-commit.js";
const broadcast = "protocols/transaction/ordered-broadcast.js";
const settlement = "protocols/transaction/settlement.js";
const waits = "protocols/transaction/waits.js";

export const transactionMutants: readonly Mutant[] = [
  {
    name: "a writer is let in beside a reader",
    file: locks,
    find: "shared: [true, false, true, false],",
    replace: "shared: [true, false, true, true],",
    tests: "transaction/locks",
    quick: true,
  },
  {
    name: "a reader overtakes a writer that waits",
    file: locks,
    find: "            if (holds && !same)\n",
    replace: "            if (true)\n",
    tests: "transaction/locks",
    quick: true,
  },
  {
    name: "siblings in the wrong order are let pass",
    file: locks,
    find: 'return "out of order";\n    return other.ended',
    replace: 'return "fits";\n    return other.ended',
    tests: "transaction/locks",
    quick: true,
  },
  {
    name: "a server member undoes an attempt on the first abort",
    file: decision,
    find: "asked.every(({ answer }) => answer === ",
    replace: "asked.some(({ answer }) => answer === ",
    tests: "transaction/decision",
  },
  {
    name: "a client member says commit though a vote was taken back",
    file: decision,
    find: "vote.time === null || vote.attempt <= this.#aborted",
    replace: "vote.attempt <= 0",
    tests: "transaction/decision",
    quick: true,
  },
  {
    name: "a message is delivered before it is accepted",
    file: queue,
    find: "if (first?.accepted !== true)",
    replace: "if (first === undefined)",
    tests: "transaction/queue",
    quick: true,
  },
  {
    name: "a proposal is not later than what was accepted",
    file: queue,
    find: "this.#latest = Math.max(this.#latest, time);\n        return true;",
    replace: "return true;",
    tests: "transaction/queue",
    quick: true,
  },
  {
    name: "a proxy becomes part of the state",
    file: recorder,
    find: "const bare = this.#recorder.bare(value);",
    replace: "const bare = value;",
    tests: "transaction/recorder",
    quick: true,
  },
  {
    name: "the order of entries is not brought back",
    file: changes,
    find: "this.#behind = deletes ? behind(target.keys(), key) : [];",
    replace: "this.#behind = [];",
    tests: "transaction/recorder",
    quick: true,
  },
  {
    name: "a time is decided without a member that has just died",
    file: election,
    find: "losses > this.#lossesBefore",
    replace: "false",
    tests: "transaction/crashes",
  },
  {
    name: "an attempt that is undone keeps its effects",
    file: commit,
    find: "        transaction.log.undo();\n        this.#open.close(transaction, false);",
    replace: "        this.#open.close(transaction, false);",
    tests: "transaction/nested",
  },
  {
    name: "a call that raises an error keeps what it has done",
    file: commit,
    find: "if (fails)\n            part.undo();",
    replace: "",
    tests: "transaction/nested",
    quick: true,
  },
  {
    name: "attempts that are over may be committed still",
    file: decision,
    find: "vote.time === null ? vote.attempt : vote.attempt - 1",
    replace: "0",
    tests: "transaction/decision",
    quick: true,
  },
  {
    name: "what was called is not told that the caller has failed",
    file: commit,
    find: "this.#open.close(transaction, failure === undefined);",
    replace: "this.#open.close(transaction, true);",
    tests: "transaction/nested",
    quick: true,
  },
  {
    name: "nobody gives way to an older transaction",
    file: waits,
    find: "if (gives && isOlder(transaction.age, holder.age))",
    replace: "if (false)",
    tests: "transaction/conflicts",
    quick: true,
  },
  {
    name: "a message of a dead client holds up the queue for ever",
    file: broadcast,
    find: "            this.#drop(entry);\n            // The client's members are dead",
    replace: "            // The client's members are dead",
    tests: "transaction/crashes",
  },
  {
    name: "a caller that one member refuses as no member is asked for the order for ever",
    file: election,
    find: 'this.#call.isDisowned ? "gone" : "unsure"',
    replace: '"unsure"',
    tests: "../search/regressions",
  },
  {
    name: "who leads does not ask what others have heard",
    file: settlement,
    find: "time = heard?.time ?? time;",
    replace: "",
    tests: "transaction/crashes",
  },
  {
    name: "nobody asks whether members that know the time still live",
    file: election,
    find: "this.#askAnswered();",
    replace: "",
    tests: "../search/regressions",
  },
  {
    name: "the answer of a member that has died counts in a transaction",
    file: "protocols/call/client/collated-call.js",
    find: "this.isProvisional && !this.callee.rebinds",
    replace: "false",
    tests: "../search/regressions",
  },
  {
    name: "what a change brought is executed outside the attempt that was committed",
    file: commit,
    find: "invocation.undertake(undefined, invocation.answers.place);",
    replace: "",
    tests: "../search/regressions",
  },
  {
    name: "a process that is dead is asked again in each attempt",
    file: "protocols/transaction/poll.js",
    find: "if (someLive && !lives(asked.origin))",
    replace: "if (false)",
    tests: "../search/regressions",
  },
];
