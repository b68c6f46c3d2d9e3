/** What clients were answered by ordered troupes, as a history of transactions. */
import assert from "node:assert/strict";
import { historyOf } from "../../search/checks/transactions.ts";
import { Diary } from "../../search/client.ts";
import type { Course } from "../../search/course.ts";
import { draw } from "../../search/draw.ts";
import type { Schedule, ScheduledClient } from "../../search/schedule.ts";
import { checkSerializability } from "../../sim/checkers/history/serializability.ts";

type Collator = ScheduledClient["collator"];

interface Answer {
  readonly begun: number;
  readonly done: number;
  readonly place: number | undefined;
}

function client(name: string, members: string[], collator: Collator = "unanimous"): ScheduledClient {
  return { name, members, calls: "ledger", collator, threads: [] };
}

function diary(of: ScheduledClient, machine: string, answers: readonly Answer[]): Diary {
  const made = new Diary(of, machine, 1);
  answers.forEach(({ begun, done, place }, i) => {
    const outcome = place === undefined ? "failed" : "answered";
    const common = { writer: `${of.name}.1`, number: i + 1, procedure: "write", kind: "", count: 0 } as const;
    made.entries.push({ ...common, begun, done, outcome, place });
  });
  return made;
}

interface Setting {
  readonly ordering?: "commit" | "none";
  /** The machine that crashes. */
  readonly crashed?: string;
}

function violations(diaries: readonly Diary[], { ordering = "commit", crashed }: Setting = {}): string[] {
  const clients = [...new Set(diaries.map((each) => each.client))];
  const troupes = [{ name: "ledger", members: ["ledger 1"], calls: null, ordering, wrong: null }];
  const schedule: Schedule = { ...draw("1"), clients, troupes };
  const events = crashed === undefined ? [] : [{ time: 5, machine: crashed, event: { type: "crash" } }];
  const transactions = historyOf({ diaries, schedule, events } as unknown as Course);
  return checkSerializability(transactions, { seed: "1" }).map(({ sentence }) => sentence);
}

const [one, two] = [client("client 1", ["client 1"]), client("client 2", ["client 2"])];

describe("answers of ordered troupes", () => {
  it("are serial, though calls overlap or have failed", () => {
    const first = diary(one, "client 1", [
      { begun: 0, done: 30, place: 2 },
      { begun: 40, done: 50, place: undefined },
      { begun: 60, done: 70, place: 4 },
    ]);
    assert.deepEqual(violations([first, diary(two, "client 2", [{ begun: 10, done: 20, place: 1 }])]), []);
  });

  it("are not serial if a later call came before", () => {
    const first = diary(one, "client 1", [{ begun: 0, done: 10, place: 2 }]);
    const second = diary(two, "client 2", [{ begun: 20, done: 30, place: 1 }]);
    const [sentence, ...others] = violations([first, second]);
    assert.match(sentence!, /call client 1\.1 1 ended before call client 2\.1 1 began \(real time\)/);
    assert.deepEqual(others, []);
    assert.deepEqual(violations([first, second], { ordering: "none" }), [], "a troupe without an order promises none");
  });

  it("are not serial if two calls have one place", () => {
    const first = diary(one, "client 1", [{ begun: 0, done: 10, place: 1 }]);
    const second = diary(two, "client 2", [{ begun: 0, done: 10, place: 1 }]);
    assert.equal(violations([first, second]).length, 1);
  });

  it("tell nothing where they are early, and a member has died", () => {
    const pair = (collator: Collator): Diary[] =>
      [1, 2].map((number) => {
        const early = client(`client ${number}`, [`client ${number}`], collator);
        return diary(early, `client ${number}`, [{ begun: 0, done: 10, place: 1 }]);
      });
    assert.equal(violations(pair("first-come"), { crashed: "ledger 1" }).length, 0);
    assert.equal(violations(pair("first-come"), { crashed: "client 1" }).length, 1);
    assert.equal(violations(pair("unanimous"), { crashed: "ledger 1" }).length, 1);
  });

  it("of a replicated client are those of one client", () => {
    const both = client("client 3", ["client 3a", "client 3b"]);
    const answers = (shift: number): Answer[] => [{ begun: shift, done: 10 + shift, place: 1 }];
    assert.deepEqual(violations([diary(both, "client 3a", answers(0)), diary(both, "client 3b", answers(5))]), []);
  });
});
