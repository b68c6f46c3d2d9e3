/** The protocols of binding with one rule broken, again and again. */
import type { Mutant } from "./mutant.ts";

const change = "protocols/binding/change/change.js";
const judgement = "protocols/binding/change/judgement.js";
const membership = "protocols/binding/member/membership.js";
const transfer = "protocols/binding/state/transfer.js";
const ringmaster = "protocols/binding/register/ringmaster.js";
const formation = "protocols/binding/ringmaster/formation.js";
const consensus = "protocols/binding/register/consensus.js";
const register = "protocols/binding/register/register.js";
const joining = "protocols/binding/verbs/ringmaster-binding.js";

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
  // A Ringmaster formed anew.
  {
    name: "members of a membership that nobody has confirmed are given leases",
    file: "protocols/binding/ringmaster/collector.js",
    find: "|| registration.recovered === true;",
    replace: ";",
    tests: "binding/recovery",
  },
  {
    name: "a new Ringmaster founds a troupe before its living members can register",
    file: judgement,
    find: "if (options.grace === 0)",
    replace: "if (true)",
    tests: "binding/recovery",
  },
  {
    name: "effects that a freeze has undone are undone again by the next office",
    file: "protocols/transaction/troupe-commit.js",
    find: "if (this.#frozen)\n            return [];",
    replace: "",
    tests: "binding/recovery",
  },
  {
    name: "a troupe that was founded again is taken for the one that was lost",
    file: "protocols/call/client/repetition.js",
    find: "founded !== (this.#call.bound.troupe.founded ?? 0)",
    replace: "founded > this.#call.bound.troupe.id",
    tests: "binding/recovery",
  },
  // What is sent.
  {
    name: "a registration is taken for the one before it, which begins alike",
    file: "protocols/wire/records.js",
    find: "const length = record.byteLength;",
    replace: "const length = Math.min(16, record.byteLength);",
    tests: "wire/records",
  },
  {
    name: "a registration is changed for all processes by whoever changes it",
    file: "protocols/wire/records.js",
    find: "Object.freeze(value);",
    replace: "",
    tests: "wire/records",
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
    find: "if (admit !== undefined && !(await admit(alike, this.#office)))",
    replace: "if (admit !== undefined)\n            void admit(alike, this.#office);\n        if (false)",
  },
  {
    name: "a freeze does not wait for executions under way",
    file: membership,
    find: "quiet: this.exported.isIdle && this.#losses.wait === 0,",
    replace: "quiet: true,",
    also: [
      {
        file: membership,
        find: "        await quietWithin(this.#process.program, this.exported, this.#process.options.quiescence);\n        if (!this.#isFrozenBy(office))\n            return null;",
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
    find: "await quietWithin(this.#process.program, this.exported, this.#process.options.quiescence);\n        // What was told of a loss meanwhile the coordinator does not know.\n        return this.#losses.areKnown && this.#isFrozenBy(office) && this.exported.isIdle;",
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
    find: "if (isLater(next, this.#latestKnown))",
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
];

export const bindingMutants: readonly Mutant[] = broken.map((mutant) => ({ uses: ["binding"], ...mutant }));
