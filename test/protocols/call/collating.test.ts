/**
 * Dissertation, waiting and collating: unanimous, first-come, majority, watchdog, the programmer's own, and explicit
 * replication, in calls from end to end.
 */
import assert from "node:assert/strict";
import { firstCome, majority, quorum, unanimous, watchdog, type Collator } from "../../../protocols/call/collator.ts";
import type { CallerArguments } from "../../../protocols/call/server/caller-arguments.ts";
import type { Reply } from "../../../protocols/call/client/explicit-call.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { StagedTroupe } from "../../../sim/staged-troupe.ts";
import { Root, rootThreads, Scene } from "./scene.ts";

/** A sensor whose members read differently and take their time. */
class Sensor {
  readonly reading: number;
  readonly wait: () => Promise<void>;
  reads = 0;

  constructor(reading: number, wait: () => Promise<void>) {
    this.reading = reading;
    this.wait = wait;
  }

  async read(): Promise<number> {
    this.reads++;
    await this.wait();
    if (Number.isNaN(this.reading)) throw new Error("out of order");
    return this.reading;
  }
}

/** A troupe of sensors with these readings; member k answers after k * `step` ms. */
function sensors(readings: number[], step = 10): { scene: Scene; troupe: StagedTroupe<Sensor> } {
  const scene = new Scene();
  let made = 0;
  const make = (program: Program): Sensor => {
    const place = ++made;
    return new Sensor(readings[place - 1]!, () => program.sleep(place * step));
  };
  return { scene, troupe: scene.stage.troupe("sensor", make, readings.length) };
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  try {
    return String(await call);
  } catch (error) {
    return error instanceof CallError ? error.kind : `raised ${(error as Error).message}`;
  }
}

/** What a call with the collator came to, and when it did. */
async function outcome(readings: number[], collator: Collator, disturb?: (scene: Scene) => void): Promise<string> {
  const { scene } = sensors(readings);
  disturb?.(scene);
  return scene.run(async (client) => {
    const kind = await kindOf(client.import(Sensor, "sensor", { collator }).read());
    return `${kind} at ${client.host.now()}`;
  });
}

const out = NaN;

describe("collators at the client", () => {
  it("unanimous: waits for all members, and fails if a member deviates, also by an error", async () => {
    assert.equal(await outcome([4, 4, 4], unanimous), "4 at 32");
    assert.equal(await outcome([4, 5, 4], unanimous), "disagreement at 32");
    assert.equal(await outcome([4, out, 4], unanimous), "disagreement at 32");
    assert.equal(await outcome([out, out, out], unanimous), "raised out of order at 32");
  });

  it("first-come: continues with the first answer", async () => {
    assert.equal(await outcome([4, 5, 6], firstCome), "4 at 12");
    assert.equal(await outcome([out, 5, 6], firstCome), "raised out of order at 12");
  });

  it("majority: masks a wrong member, as soon as more than half agree", async () => {
    assert.equal(await outcome([4, 4, 4], majority), "4 at 22");
    assert.equal(await outcome([9, 4, 4], majority), "4 at 32");
    assert.equal(await outcome([4, out, 9, 4, 4], majority), "4 at 52");
    assert.equal(await outcome([out, 4, out, 9, out], majority), "raised out of order at 52");
    assert.equal(await outcome([1, 2, 3], majority), "no-majority at 32");
    assert.equal(await outcome([1, 1, 2, 2], majority), "no-majority at 42");
  });

  it("quorum: the given number of equal answers", async () => {
    assert.equal(await outcome([1, 2, 1, 2], quorum(2)), "1 at 32");
    assert.equal(await outcome([1, 2, 3], quorum(2)), "no-majority at 32");
  });

  it("majority: counts all members, so that one side of a partition fails and the other is served", async () => {
    const { scene, troupe } = sensors([4, 4, 4, 4, 4], 1);
    const near = scene.stage.client("near");
    const far = scene.stage.client("far");
    scene.world.partition({ between: ["near", "sensor 1", "sensor 2"] });
    const answers = new Map<string, string>();
    for (const [name, client] of [
      ["near", near],
      ["far", far],
    ] as const) {
      void client.thread(async () => {
        answers.set(name, await kindOf(client.import(Sensor, "sensor", { collator: majority }).read()));
        answers.set(`${name}, unanimous`, await kindOf(client.import(Sensor, "sensor").read()));
      });
    }
    await scene.world.run(60_000);
    assert.deepEqual(Object.fromEntries(answers), {
      far: "4",
      "far, unanimous": "4",
      near: "no-majority",
      "near, unanimous": "4",
    });
    assert.deepEqual(
      troupe.members.map(({ module }) => module.reads),
      [2, 2, 2, 2, 2],
    );
  });

  it("first-come: the slower members also execute, and the client does not wait for them", async () => {
    const { scene, troupe } = sensors([4, 4, 4], 1000);
    const times = await scene.run(async (client) => {
      const stub = client.import(Sensor, "sensor", { collator: firstCome });
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) {
        await stub.read();
        seen.push(client.host.now());
      }
      return seen;
    });
    assert.deepEqual(times, [1002, 2004, 3006, 4008]);
    assert.deepEqual(
      troupe.members.map(({ module }) => module.reads),
      [4, 4, 4],
    );
  });

  it("watchdog: continues with the first answer; a different later answer aborts the thread", async () => {
    const { scene } = sensors([4, 4, 5], 100);
    scene.stage.troupe("root", () => new Root(), 2);
    const seen = await scene.run(async (client) => {
      const stub = client.import(Sensor, "sensor", { collator: watchdog });
      const root = client.import(Root, "root");
      const kinds = [`${await kindOf(stub.read())} at ${client.host.now()}`];
      await client.sleep(100);
      kinds.push(await kindOf(root.ping()));
      await client.sleep(200);
      // The third member deviated at 302 ms.
      kinds.push(await kindOf(stub.read()), await kindOf(root.ping()));
      kinds.push(await kindOf((async () => stub.read.replies().next())()));
      return kinds;
    });
    assert.deepEqual(seen, ["4 at 102", "pong", "thread-aborted", "thread-aborted", "thread-aborted"]);
    assert.deepEqual(
      scene.events("disagreement").map((e) => e.time),
      [302],
    );
    // Another thread of the same client is not concerned.
    assert.equal(scene.events("execute").filter((e) => e.procedure === "ping").length, 2);
  });

  it("watchdog: a difference in one branch aborts the whole thread", async () => {
    const { scene } = sensors([4, 4, 5], 100);
    const seen = await scene.run(async (client) => {
      const stub = client.import(Sensor, "sensor", { collator: watchdog });
      const other = async (): Promise<string> => {
        await client.sleep(350);
        return kindOf(stub.read());
      };
      const kinds = await client.parallel([() => kindOf(stub.read()), other]);
      return [...kinds, await kindOf(stub.read())];
    });
    assert.deepEqual(seen, ["4", "thread-aborted", "thread-aborted"]);
  });

  it("watchdog: no difference, no abort", async () => {
    const { scene } = sensors([4, 4, 4], 100);
    const seen = await scene.run(async (client) => {
      const stub = client.import(Sensor, "sensor", { collator: watchdog });
      const first = await stub.read();
      await client.sleep(500);
      return [first, await stub.read()];
    });
    assert.deepEqual(seen, [4, 4]);
  });
});

describe("the programmer's own collator at the client", () => {
  /** The average of those that answer. */
  const average = async (replies: AsyncIterableIterator<Reply<unknown>>): Promise<number> => {
    const values: number[] = [];
    for await (const reply of replies) if (reply.type === "returned") values.push(reply.value as number);
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  /** The first reading above 5; stops the loop early. */
  const above5 = async (replies: AsyncIterableIterator<Reply<unknown>>): Promise<unknown> => {
    for await (const reply of replies) if (reply.type === "returned" && (reply.value as number) > 5) return reply.value;
    throw new Error("none above 5");
  };

  it("averages sensors, of which one is dead and one deviates", async () => {
    const { scene, troupe } = sensors([1, 2, out, 6, 7]);
    troupe.member(5).machine.crash();
    const answer = await scene.run((client) => client.import(Sensor, "sensor", { collator: average }).read());
    assert.equal(answer, 3);
  });

  it("may stop early; the other members still execute", async () => {
    const { scene, troupe } = sensors([1, 9, 2, 8]);
    const [answer, time] = await scene.run(async (client) => [
      await client.import(Sensor, "sensor", { collator: above5 }).read(),
      client.host.now(),
    ]);
    assert.deepEqual([answer, time], [9, 22]);
    assert.deepEqual(
      troupe.members.map(({ module }) => module.reads),
      [1, 1, 1, 1],
    );
  });

  it("raises its own errors, and sees bad arguments as a rejected call", async () => {
    const { scene } = sensors([1, 2]);
    await scene.run(async (client) => {
      const stub = client.import(Sensor, "sensor", { collator: above5 });
      await assert.rejects(stub.read(), /none above 5/);
      const call = (stub.read as (x: unknown) => Promise<number>)(() => 0);
      await assert.rejects(call, TypeError);
    });
  });

  it("runs in the caller's thread, so that its calls belong to that thread", async () => {
    const { scene } = sensors([1, 2, 3]);
    scene.stage.troupe("root", () => new Root(), 1);
    await scene.run(async (client) => {
      const root = client.import(Root, "root");
      const stub = client.import(Sensor, "sensor", {
        collator: async (replies) => {
          for await (const reply of replies) if (reply.member === 0) await root.ping();
          return root.ping();
        },
      });
      await stub.read();
      await root.ping();
    });
    const pings = scene.events("execute").filter((e) => e.procedure === "ping");
    assert.deepEqual(
      pings.map((e) => e.path),
      ["2", "3", "4"],
    );
    assert.equal(new Set(scene.events("execute").map((e) => e.thread)).size, 1);
  });
});

describe("explicit replication at the client", () => {
  it("gives the generator of results, in the order of arrival, crashed members included", async () => {
    const { scene, troupe } = sensors([7, out, 9], 10);
    scene.world.at(15, () => troupe.member(3).machine.crash());
    const replies = await scene.run(async (client) => {
      const seen: unknown[] = [];
      for await (const reply of client.import(Sensor, "sensor").read.replies()) {
        seen.push(reply.type === "raised" ? { ...reply, error: reply.error.message } : reply);
      }
      return seen;
    });
    assert.deepEqual(replies, [
      { member: 0, type: "returned", value: 7 },
      { member: 1, type: "raised", error: "out of order" },
      { member: 2, type: "crashed" },
    ]);
  });

  it("ends at the time limit with an error, after the results that arrived before", async () => {
    const { scene } = sensors([1, 2, 3], 1000);
    await scene.run(async (client) => {
      const stub = client.import(Sensor, "sensor", { timeout: 2500 });
      const seen: number[] = [];
      const loop = (async () => {
        for await (const reply of stub.read.replies()) if (reply.type === "returned") seen.push(reply.value);
      })();
      await assert.rejects(loop, (error) => error instanceof CallError && error.kind === "timed-out");
      assert.deepEqual(seen, [1, 2]);
      assert.equal(client.host.now(), 2500);
      // And the same for a collator of the program's own; and no limit passes that is not reached.
      const slow = client.import(Sensor, "sensor", { timeout: 10, collator: async (r) => (await r.next()).value });
      await assert.rejects(slow.read(), { kind: "timed-out" });
      const quick = client.import(Sensor, "sensor", { timeout: 5000 });
      let count = 0;
      for await (const reply of quick.read.replies()) if (reply.type === "returned") count++;
      assert.equal(count, 3);
    });
  });
});

/** Gathers votes of a replicated caller in several ways. */
class Poll {
  executions = 0;
  readonly asked: number[] = [];

  mean(value: number): number {
    this.executions++;
    this.asked.push(value);
    return value;
  }

  async tally(calls: AsyncIterableIterator<CallerArguments>): Promise<number[]> {
    this.executions++;
    const votes: number[] = [];
    for await (const call of calls) if (call.type === "called") votes.push(call.arguments[0] as number);
    return votes.toSorted((a, b) => a - b);
  }

  async quickest(calls: AsyncIterableIterator<CallerArguments>): Promise<unknown> {
    this.executions++;
    for await (const call of calls) return call.type === "called" ? call.arguments[0] : undefined;
    return undefined;
  }
}

/** The callers' stub: the arguments of each go to the generator. */
type Voting = {
  mean(v: number): Promise<number>;
  tally(v: number): Promise<number[]>;
  quickest(v: number): Promise<number>;
};

class Log {
  readonly lines: string[] = [];
  add(line: string): string {
    this.lines.push(line);
    return this.lines.join(", ");
  }
}

class Clerk {
  readonly #program: Program;
  constructor(program: Program) {
    this.#program = program;
  }
  file(line: string): Promise<string> {
    return this.#program.import(Log, "log").add(line);
  }
}

describe("the server's side", () => {
  const averaged = async (calls: AsyncIterableIterator<CallerArguments>): Promise<readonly unknown[]> => {
    const values: number[] = [];
    for await (const call of calls) if (call.type === "called") values.push(call.arguments[0] as number);
    return [values.reduce((a, b) => a + b, 0) / values.length];
  };

  function poll(
    votes: number[],
    step = 0,
  ): { scene: Scene; results: (method: keyof Voting) => unknown[]; troupe: { members: readonly { module: Poll }[] } } {
    const scene = new Scene();
    const troupe = scene.stage.troupe("poll", () => new Poll(), 2, {
      explicit: ["tally", "quickest"],
      collators: { mean: averaged },
    });
    const root = scene.stage.troupe("root", () => new Root(), votes.length);
    const results = (method: keyof Voting): unknown[] =>
      rootThreads(root, async (program, _root, index) => {
        if (step > 0) await program.sleep(step * index);
        const stub = program.import(Poll, "poll") as unknown as Voting;
        return stub[method](votes[index]!);
      });
    return { scene, results, troupe };
  }

  it("lets the module's own collator reduce many CALLs to one execution with the average", async () => {
    const { scene, results, troupe } = poll([1, 2, 6], 30);
    const answers = results("mean");
    await scene.world.run();
    assert.deepEqual(answers, [3, 3, 3]);
    assert.deepEqual(
      troupe.members.map(({ module }) => [module.executions, module.asked]),
      [
        [1, [3]],
        [1, [3]],
      ],
    );
  });

  it("gives the generator of arguments to the procedure itself", async () => {
    const { scene, results, troupe } = poll([5, 1, 3], 30);
    const answers = results("tally");
    await scene.world.run();
    assert.deepEqual(answers, Array(3).fill([1, 3, 5]));
    assert.deepEqual(
      troupe.members.map(({ module }) => module.executions),
      [1, 1],
    );
  });

  it("may stop early: members that call later get the retained RETURN", async () => {
    const { scene, results, troupe } = poll([8, 1, 3], 1000);
    const answers = results("quickest");
    await scene.world.run();
    assert.deepEqual(answers, [8, 8, 8]);
    assert.deepEqual(
      troupe.members.map(({ module }) => module.executions),
      [1, 1],
    );
  });

  it("reports a crashed caller to the generator", async () => {
    const { scene, results, troupe } = poll([5, 1, 3]);
    scene.world.named("root 2").crash();
    const answers = results("tally");
    await scene.world.run();
    assert.deepEqual(answers, [[3, 5], undefined, [3, 5]]);
    assert.deepEqual(
      troupe.members.map(({ module }) => module.executions),
      [1, 1],
    );
  });

  it("serves an unreplicated client with a generator of one message", async () => {
    const { scene } = poll([1]);
    const answers = await scene.run(async (client) => {
      const stub = client.import(Poll, "poll") as unknown as Voting;
      return [await stub.tally(4), await stub.mean(9), await stub.quickest(2)];
    });
    assert.deepEqual(answers, [[4], 9, 2]);
  });

  it("gives the collator's own calls names that differ from those of the procedure's calls", async () => {
    const scene = new Scene();
    const log = scene.stage.troupe("log", () => new Log(), 1);
    let program: Program;
    const make = (own: Program): Clerk => new Clerk((program = own));
    scene.stage.troupe("clerk", make, 1, {
      collators: {
        file: async (calls) => {
          const { value } = (await calls.next()) as { value: CallerArguments };
          await program.import(Log, "log").add("collated");
          return value.type === "called" ? value.arguments : [];
        },
      },
    });
    const answer = await scene.run((client) => client.import(Clerk, "clerk").file("filed"));
    assert.equal(answer, "collated, filed");
    assert.deepEqual(
      scene.executions(log).map((list) => list.map((name) => name.split(" ").slice(1))),
      [
        [
          ["1.1.1", "add"],
          ["1.2", "add"],
        ],
      ],
    );
  });

  it("answers with the error that the module's own collator throws, before or after an `await`", async () => {
    for (const later of [false, true]) {
      const scene = new Scene();
      const troupe = scene.stage.troupe("poll", () => new Poll(), 2, {
        collators: {
          mean: (calls) => {
            if (!later) throw new Error("no mean");
            return calls.next().then(() => {
              throw new Error("no mean");
            });
          },
        },
      });
      await scene.run((client) => assert.rejects(client.import(Poll, "poll").mean(1), /no mean/));
      assert.deepEqual(
        troupe.members.map(({ module }) => module.executions),
        [0, 0],
      );
    }
  });

  it("collates by majority: a deviating caller is outvoted, and gets the answer to the others", async () => {
    const scene = new Scene();
    const troupe = scene.stage.troupe("poll", () => new Poll(), 2, { collators: { mean: majority } });
    const root = scene.stage.troupe("root", () => new Root(), 3);
    const answers = rootThreads(root, (program, _root, index) =>
      program.import(Poll, "poll").mean(index === 1 ? 99 : 4),
    );
    await scene.world.run();
    assert.deepEqual(answers, [4, 4, 4]);
    assert.deepEqual(
      troupe.members.map(({ module }) => module.asked),
      [[4], [4]],
    );
  });

  it("collates by watchdog: the first CALL is executed, and a caller that deviates later gets an error", async () => {
    const scene = new Scene();
    const troupe = scene.stage.troupe("poll", () => new Poll(), 2, { collators: { mean: watchdog } });
    const root = scene.stage.troupe("root", () => new Root(), 3);
    const answers = rootThreads(root, async (program, _root, index) => {
      await program.sleep(index * 100);
      return program.import(Poll, "poll").mean(index === 2 ? 99 : 4);
    });
    await scene.world.run();
    assert.deepEqual(answers.slice(0, 2), [4, 4]);
    const error = answers[2] as CallError;
    assert.equal(error.kind, "caller-disagreement");
    assert.equal(error.definite, false, "it was executed, with what the first had called");
    assert.deepEqual(
      troupe.members.map(({ module }) => module.asked),
      [[4], [4]],
    );
    assert.equal(scene.events("disagreement").length, 2);
  });
});
