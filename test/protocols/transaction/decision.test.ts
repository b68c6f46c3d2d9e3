/** The rules of decision: as tables, and all courses of two client members and two server members with crashes. */
import assert from "node:assert/strict";
import { backOff } from "../../../protocols/transaction/backoff.ts";
import { Ballot, verdictOf, type Answer, type Verdict } from "../../../protocols/transaction/decision.ts";

function byAnswers(answers: readonly Answer[]): Verdict {
  return verdictOf(answers.map((answer) => ({ answer })));
}

describe("the rule of a server member", () => {
  const cases: readonly (readonly [readonly Answer[], string])[] = [
    [["commit"], "commit"],
    [["abort"], "abort"],
    [["gone"], "in doubt"],
    [[undefined], "wait"],
    [[undefined, "commit"], "commit"],
    [["abort", "commit"], "commit"],
    [["gone", "commit"], "commit"],
    [["abort", undefined], "wait"],
    [["abort", "gone"], "in doubt"],
    [["abort", "abort"], "abort"],
    [[], "in doubt"],
  ];
  for (const [answers, verdict] of cases) {
    it(`${answers.map((answer) => answer ?? "nothing yet").join(", ") || "nobody"}: ${verdict}`, () => {
      assert.equal(byAnswers(answers), verdict);
    });
  }
});

describe("the rule of a client member", () => {
  it("commits when all members are ready, at the latest of their times", () => {
    const ballot = new Ballot();
    ballot.vote(1, { attempt: 1, time: 3 });
    ballot.decide([1, 2]);
    assert.equal(ballot.decisionOn(1), undefined);
    ballot.vote(2, { attempt: 1, time: 5 });
    ballot.decide([1, 2]);
    assert.deepEqual(ballot.decisionOn(1), { attempt: 1, commits: true, time: 5 });
  });

  it("aborts an attempt for which a member is not ready, and commits the next attempt", () => {
    const ballot = new Ballot();
    ballot.vote(1, { attempt: 1, time: 0 });
    ballot.vote(2, { attempt: 1, time: null });
    ballot.decide([1, 2]);
    assert.equal(ballot.decisionOn(1)!.commits, false);
    ballot.vote(2, { attempt: 2, time: 0 });
    ballot.decide([1, 2]);
    assert.equal(ballot.decisionOn(2), undefined);
    ballot.vote(1, { attempt: 2, time: 0 });
    ballot.decide([1, 2]);
    assert.equal(ballot.decisionOn(2)!.commits, true);
  });

  it("never changes an answer that it has given", () => {
    const ballot = new Ballot();
    ballot.vote(1, { attempt: 1, time: 0 });
    ballot.decide([1]);
    ballot.vote(1, { attempt: 1, time: null });
    assert.equal(ballot.decisionOn(1)!.commits, true);
    const other = new Ballot();
    other.vote(1, { attempt: 1, time: null });
    other.vote(1, { attempt: 1, time: 0 });
    other.decide([1]);
    assert.equal(other.decisionOn(1)!.commits, false);
  });

  it("decides without a member that has died", () => {
    const ballot = new Ballot();
    ballot.vote(1, { attempt: 1, time: 2 });
    ballot.vote(2, { attempt: 1, time: 9 });
    ballot.decide([1]);
    assert.equal(ballot.decisionOn(1)!.time, 2);
  });
});

/** What has happened so far, from which everything else follows. */
interface Course {
  /** By client member: the votes that it has heard, and crashes of server members that it has noticed, in order. */
  readonly heard: readonly (readonly (readonly [server: number, time: number | null] | readonly [crashed: number])[])[];
  /** By server member: what each client member has told it. */
  readonly told: readonly (readonly Answer[])[];
  readonly servers: readonly ("ready" | "revoking" | "committed" | "aborted" | "dead")[];
  readonly clients: readonly ("alive" | "dead")[];
  /** Votes on their way, and answers on theirs. */
  readonly votes: readonly string[];
  readonly answers: readonly string[];
}

type Rule = (answers: readonly Answer[]) => string;

/**
 * The course without what makes no difference any more: what is sent to the dead, or told to those who have decided.
 */
function withoutPast(course: Course): Course {
  const { heard, told, servers, clients, votes, answers } = course;
  const listens = (s: number): boolean => servers[s] === "ready" || servers[s] === "revoking";
  return {
    ...course,
    heard: heard.map((events, c) => (clients[c] === "dead" ? [] : events)),
    told: told.map((each, s) => (listens(s) ? each : [undefined, undefined])),
    votes: votes.filter((vote) => clients[Number(vote[2])] !== "dead"),
    answers: answers.filter((answer) => {
      const [s, c] = [Number(answer[0]), Number(answer[2])];
      return listens(s) && told[s]![c] === undefined;
    }),
  };
}

/** All that can be reached: how many states there are, and the first in which members have decided differently. */
function explore(rule: Rule): { states: number; split: Course | undefined } {
  const both = [0, 1];
  const start: Course = {
    heard: [[], []],
    told: [
      [undefined, undefined],
      [undefined, undefined],
    ],
    servers: ["ready", "ready"],
    clients: ["alive", "alive"],
    votes: both.flatMap((s) => both.map((c) => `${s} ${c} 0`)),
    answers: [],
  };
  const seen = new Set<string>();
  const open: Course[] = [start];
  const add = (reached: Course): void => {
    const course = withoutPast(reached);
    const key = JSON.stringify(course);
    if (seen.has(key)) return;
    seen.add(key);
    open.push(course);
  };
  add(start);
  let split: Course | undefined = undefined;
  const put = <T>(list: readonly T[], at: number, value: T): T[] => list.map((old, i) => (i === at ? value : old));
  const say = (course: Course, c: number): Course => {
    // What the client member says now to every server member that has asked and was not told.
    const ballot = new Ballot();
    const members = new Set([0, 1]);
    for (const event of course.heard[c]!) {
      if (event.length === 1) members.delete(event[0]);
      else ballot.vote(event[0], { attempt: 1, time: event[1] });
      ballot.decide([...members]);
    }
    const decision = ballot.decisionOn(1);
    if (decision === undefined) return course;
    const said = decision.commits ? "commit" : "abort";
    const asked = new Set(course.heard[c]!.flatMap((event) => (event.length === 2 ? [event[0]] : [])));
    const fresh = [...asked].map((s) => `${s} ${c} ${said}`).filter((answer) => !course.answers.includes(answer));
    return { ...course, answers: [...course.answers, ...fresh].toSorted() };
  };
  const decide = (course: Course, s: number): Course => {
    const state = course.servers[s]!;
    if (state !== "ready" && state !== "revoking") return course;
    const verdict = rule(course.told[s]!);
    const next = verdict === "commit" ? "committed" : verdict === "abort" ? "aborted" : state;
    return { ...course, servers: put(course.servers, s, next) };
  };
  while (open.length > 0 && split === undefined) {
    const course = open.pop()!;
    const { servers, clients } = course;
    if (servers.includes("committed") && servers.includes("aborted")) split ??= course;
    for (const vote of course.votes) {
      const [s, c, kind] = vote.split(" ").map(Number) as [number, number, number];
      const rest = { ...course, votes: course.votes.filter((other) => other !== vote) };
      if (clients[c] === "dead") continue;
      add(say({ ...rest, heard: put(course.heard, c, [...course.heard[c]!, [s, kind === 0 ? 0 : null]]) }, c));
    }
    for (const answer of course.answers) {
      const [s, c, said] = answer.split(" ") as [string, string, Answer];
      if (servers[+s] === "dead" || course.told[+s]![+c] !== undefined) continue;
      add(decide({ ...course, told: put(course.told, +s, put(course.told[+s]!, +c, said)) }, +s));
    }
    for (const s of both) {
      // An older transaction wants what this one holds: it takes its vote back. Votes of one member arrive in order.
      // By symmetry it is enough that the first member does.
      if (
        s === 0 &&
        servers[s] === "ready" &&
        both.every((c) => !course.votes.includes(`${s} ${c} 0`) || clients[c] === "dead")
      )
        add({
          ...course,
          servers: put(servers, s, "revoking"),
          votes: [...course.votes, ...both.map((c) => `${s} ${c} 1`)].toSorted(),
        });
      if (servers[s] !== "dead" && !servers.includes("dead")) add({ ...course, servers: put(servers, s, "dead") });
      if (servers[s] !== "dead") continue;
      for (const c of both) {
        const noticed = course.heard[c]!.some((event) => event.length === 1 && event[0] === s);
        if (clients[c] === "alive" && !noticed)
          add(say({ ...course, heard: put(course.heard, c, [...course.heard[c]!, [s]]) }, c));
      }
    }
    for (const c of both) {
      if (c === 0 && clients[c] === "alive") add({ ...course, clients: put(clients, c, "dead") });
      if (clients[c] === "alive") continue;
      for (const s of both) {
        if (servers[s] === "dead" || course.told[s]![c] !== undefined) continue;
        add(decide({ ...course, told: put(course.told, s, put(course.told[s]!, c, "gone")) }, s));
      }
    }
  }
  return { states: seen.size, split };
}

describe("all courses of a transaction with two client and two server members, one crash of each, withdrawn votes", () => {
  it("end with one decision at all living members", function () {
    this.timeout(60_000);
    const { states, split } = explore(byAnswers);
    assert.ok(states > 1000, `${states} states`);
    assert.equal(split, undefined);
  });

  it("can end with two decisions under the textbook's rules, by the first answer or by all answers of the living", function () {
    this.timeout(60_000);
    const firstCome: Rule = (answers) => answers.find((answer) => answer === "commit" || answer === "abort") ?? "wait";
    const living = (answers: readonly Answer[]): Answer[] | undefined =>
      answers.includes(undefined) ? undefined : answers.filter((answer) => answer !== "gone");
    const allTrue: Rule = (answers) => {
      const said = living(answers);
      return said === undefined ? "wait" : said.every((answer) => answer === "commit") ? "commit" : "abort";
    };
    const anyTrue: Rule = (answers) => {
      const said = living(answers);
      return said === undefined ? "wait" : said.includes("commit") ? "commit" : "abort";
    };
    for (const rule of [firstCome, allTrue, anyTrue]) assert.notEqual(explore(rule).split, undefined);
  });
});

describe("back-off", () => {
  it("is equal for the same call and attempt, and grows", () => {
    assert.equal(backOff("call", 1, 10), backOff("call", 1, 10));
    assert.notEqual(backOff("call", 1, 10), backOff("call", 2, 10));
    const mean = (attempt: number): number => {
      let sum = 0;
      for (let i = 0; i < 2000; i++) sum += backOff(`call ${i}`, attempt, 10);
      return sum / 2000;
    };
    for (const attempt of [1, 2, 3, 6]) {
      const expected = 5 * 2 ** attempt;
      assert.ok(Math.abs(mean(attempt) - expected) < 0.06 * expected, `${mean(attempt)} for attempt ${attempt}`);
    }
    assert.ok(mean(40) < 10 * 2 ** 6);
  });
});
