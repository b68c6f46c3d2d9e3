/** The protocols of binding, and the rules of repetition that belong to them, with one rule broken, again and again. */
import type { Mutant } from "./mutants.ts";

const change = "protocols/binding/change/change.js";
const judgement = "protocols/binding/change/judgement.js";
const membership = "protocols/binding/member/membership.js";
const transfer = "protocols/binding/state/transfer.js";
const ringmaster = "protocols/binding/register/ringmaster.js";
const formation = "protocols/binding/ringmaster/formation.js";
const consensus = "protocols/binding/register/consensus.js";
const register = "protocols/binding/register/register.js";
const agreeing = "protocols/binding/change/agreeing.js";
const losses = "protocols/binding/member/losses.js";
const joining = "protocols/binding/verbs/ringmaster-binding.js";
const callers = "protocols/call/server/callers.js";
const clientTroupe = "protocols/call/server/client-troupe.js";
const manyToOne = "protocols/call/server/many-to-one.js";
const repetition = "protocols/call/client/repetition.js";

const broken: readonly Mutant[] = [
  // Troupe IDs and leases.
  {
    name: "a CALL is executed whatever troupe ID it carries",
    quick: true,
    file: membership,
    find: "troupe === this.#admitted &&",
    replace: "this.#admitted !== -1 &&",
  },
  {
    name: "a member whose lease has run out goes on executing",
    file: membership,
    find: "troupe === this.#admitted && this.lease.runs",
    replace: "troupe === this.#admitted",
  },
  {
    name: "a member that was dropped keeps its old ID",
    quick: true,
    file: membership,
    find: "if (before !== undefined && registration.epoch > before.epoch)",
    replace: "if (false)",
  },
  {
    name: "a frozen member executes calls that come",
    file: membership,
    find: 'this.state = "frozen";\n            this.#admitted = nobody;',
    replace: 'this.state = "frozen";',
  },
  {
    name: "a frozen member goes on though the change is under way",
    file: membership,
    find: "if (registration.coordinator !== null) {",
    replace: "if (false) {",
  },
  // State.
  {
    name: "retained calls and their replies are not transferred to the newcomer",
    quick: true,
    file: transfer,
    find: "for (const call of retained.calls)",
    replace: "for (const call of [])",
  },
  {
    name: "the newcomer has its troupe ID before its state is complete",
    quick: true,
    file: change,
    find: "if (admit !== undefined && !(await admit(frozen, this.#office)))",
    replace: "if (admit !== undefined)\n            void admit(frozen, this.#office);\n        if (false)",
  },
  {
    name: "a freeze does not wait for executions under way",
    file: membership,
    find: "quiet: this.exported.isIdle && this.#losses.wait === 0,",
    replace: "quiet: true,",
    also: [
      {
        file: membership,
        find: "        await this.#quiet();\n        if (!this.#isFrozenBy(office))\n            return null;",
        replace: "",
      },
    ],
  },
  {
    name: "executions that last too long are not waited for",
    file: membership,
    find: "quiet: this.exported.isIdle && this.#losses.wait === 0,",
    replace: "quiet: true,",
  },
  {
    name: "members are not levelled",
    quick: true,
    file: change,
    find: "!(await this.#level(settles ? frozen : staying, reports))",
    replace: "false",
  },
  {
    name: "what levelling executes is not waited for",
    file: membership,
    find: "await this.#quiet();\n        // What was told of a loss meanwhile the coordinator does not know.\n        return this.#losses.areKnown && this.#isFrozenBy(office) && this.exported.isIdle;",
    replace: "return true;",
  },
  {
    name: "how far clients are finished is not transferred to the newcomer",
    file: transfer,
    find: "for (const client of retained.clients)",
    replace: "for (const client of [])",
  },
  {
    name: "a page of retained calls begins at a place among the calls that are retained by then",
    file: "protocols/binding/member/retained-pages.js",
    find: "if (from === 0)\n            this.#calls",
    replace: "this.#calls",
    tests: "binding/transfer",
  },
  {
    name: "the first donor's state is taken, whatever the others have",
    file: transfer,
    find: "manifest.digest !== digest ||",
    replace: "",
    tests: "binding/transfer",
  },
  {
    name: "a member that was dropped founds the troupe anew from its old state",
    file: joining,
    find: "module, options, false)",
    replace: "module, options, true)",
    tests: "binding/rejoin",
  },
  // Agreement on the next membership.
  {
    name: "a member is dropped when one Ringmaster member suspects it",
    file: judgement,
    find: "includesProcess(suspects, life)).length >= majority",
    replace: "includesProcess(suspects, life)).length >= 1",
  },
  {
    name: "a member that cannot be frozen is left out, whether it lives or not",
    tests: "binding/given-up",
    file: change,
    find: "missing = silent.filter((member) => !includesProcess(given, member));",
    replace: "missing = [];",
  },
  {
    name: "a member that was given up gets a lease when it is heard again",
    tests: "binding/given-up",
    file: "protocols/binding/ringmaster/collector.js",
    find: "this.suspects(member) || this.#subject(member).barred > 0",
    replace: "this.suspects(member)",
    also: [
      {
        file: "protocols/binding/ringmaster/collector.js",
        find: "const given = subject.barred > 0 ||",
        replace: "const given =",
      },
    ],
  },
  {
    name: "a sealed Ringmaster member forgets for which membership",
    file: formation,
    find: "if (next.epoch > (this.#latestKnown?.epoch ?? 0))",
    replace: "if (false)",
    campaign: "agreement",
  },
  {
    name: "a membership is decided without an office",
    campaign: "pauses",
    file: register,
    find: "if (before.term !== term || before.coordinator === null)",
    replace: "if (false)",
  },
  {
    name: "a later life of a member is taken for the member",
    file: register,
    find: "return a.address === b.address && a.incarnation === b.incarnation;",
    replace: "return a.address === b.address;",
  },
  {
    name: "a promise is not recorded",
    quick: true,
    campaign: "agreement",
    file: ringmaster,
    find: "this.#registers.set(base, { base, promised: ballot, accepted });",
    replace: ";",
  },
  {
    name: "a Ringmaster member accepts below what it has promised",
    campaign: "agreement",
    file: ringmaster,
    find: "if (compareBallots(ballot, promised) < 0)",
    replace: "if (false)",
  },
  {
    name: "a proposal does not carry on the value that was accepted last",
    campaign: "agreement",
    file: consensus,
    find: "compareBallots(accepted.ballot, latest.ballot) > 0",
    replace: "false",
  },
  {
    name: "one Ringmaster member is enough to agree",
    campaign: "agreement",
    file: "protocols/binding/register/configuration.js",
    find: "return Math.floor(count / 2) + 1;",
    replace: "return 1;",
  },
  {
    name: "a read takes the first answer for what was agreed on",
    campaign: "agreement",
    file: consensus,
    find: "const accepted = unanimous(votes.value);",
    replace: "const accepted = votes.value[0].accepted;",
  },
  {
    name: "a proposal that was outrun comes again with the next ballot",
    file: consensus,
    find: "this.#round += 2 ** Math.min(outrun, leapDoublings);",
    replace: "this.#round++;",
    tests: "binding/consensus",
  },
  {
    name: "nobody stands back for a proposal that has been outrun often",
    file: consensus,
    find: "Math.max(outrun, promised[3])",
    replace: "outrun",
    tests: "binding/consensus",
  },
  {
    name: "a Ringmaster member that has restarted is the same acceptor, with nothing recorded",
    campaign: "agreement",
    file: formation,
    find: "if (includesProcess(latest.members, life)) {",
    replace: `if (!this.serves && latest.members.some(({ address }) => address === life.address)) {
                const members = latest.members.map((m) => (m.address === life.address ? { ...m, ...life } : m));
                this.install({ ...latest, members }, []);
            } else if (includesProcess(latest.members, life)) {`,
    also: [
      {
        file: "protocols/binding/register/configuration.js",
        find: "return troupeOf(configuration);",
        replace:
          "return { ...troupeOf(configuration), members: configuration.members.map(({ address }) => ({ address })) };",
      },
    ],
  },
  {
    name: "a newcomer of the Ringmaster begins with nothing recorded",
    campaign: "agreement",
    file: formation,
    find: "mergeRegisters(sealed.map(({ registers }) => registers))",
    replace: "[]",
  },
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
    campaign: "nested",
    file: "protocols/wire/call.js",
    find: "return message.subarray(contentAt - headerBytes);",
    replace: "return message;",
  },
  {
    name: "a server takes a silent member of a caller for dead, whatever the Ringmaster says",
    campaign: "nested",
    file: clientTroupe,
    find: "if (!this.changes) {",
    replace: "if (true) {",
  },
  {
    name: "a caller's member that is silent is waited for until it is dropped",
    campaign: "nested",
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
    campaign: "nested",
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
    campaign: "nested",
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
    find: "this.context.expelled",
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
    find: "founded > this.#call.bound.troupe.id",
    replace: "false",
  },
  {
    name: "a member that was told of a loss goes on as if its fellows had been told too",
    campaign: "nested",
    file: membership,
    find: "this.#losses.told(call);",
    replace: "return;",
  },
  {
    name: "members that were told of a loss stay, whatever the others were told",
    campaign: "nested",
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
    campaign: "nested",
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
    also: [{ file: membership, find: "this.#losses.unsettled ? nobody : this.id", replace: "this.id" }],
  },
  {
    name: "a change that was given up settles losses",
    campaign: "nested",
    file: membership,
    find: "registration.settled === this.#term",
    replace: "true",
  },
  {
    name: "a newcomer receives the state of a member that was told of a loss before that is settled",
    campaign: "nested",
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
];

/** Caught by randomized schedules, where no tests are named. */
export const bindingMutants: readonly Mutant[] = broken.map((mutant) => ({ campaign: "binding", ...mutant }));
