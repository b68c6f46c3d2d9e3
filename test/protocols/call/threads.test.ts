/**
 * Dissertation, replicated procedure call: a thread moves between modules; thread ID and path of sequence numbers name a call
 * alike at every party: nested calls, parallel calls inside one procedure, call-backs, re-entrant chains A -> B -> A.
 */
import assert from "node:assert/strict";
import type { Program } from "../../../protocols/program/program.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Root, rootThreads, Scene } from "./scene.ts";

/** Exported as a troupe of each name that a test likes; what it calls is told by the arguments. */
class Node {
  readonly program: Program;
  readonly visits: string[] = [];

  constructor(program: Program) {
    this.program = program;
  }

  /** Goes down the route, one troupe after the other, and answers where it has been. */
  async walk(route: string[]): Promise<string[]> {
    const [next, ...rest] = route;
    this.visits.push(route.join(">"));
    if (next === undefined) return [];
    return [next, ...(await this.program.import(Node, next).walk(rest))];
  }

  /** Calls all of these at once. */
  async fan(routes: string[][]): Promise<string[][]> {
    return Promise.all(routes.map(([next, ...rest]) => this.program.import(Node, next!).walk(rest)));
  }

  /** Two branches at the same time, each of several calls one after the other. */
  async branches(together: "parallel" | "Promise.all", b: string, c: string): Promise<string[][]> {
    const branch = (next: string, route: string[]) => async (): Promise<string[]> => {
      const seen: string[] = [];
      for (let i = 0; i < 3; i++) {
        seen.push(...(await this.program.import(Node, next).walk(route)));
        if (this.program.random() < 0.5) await this.program.sleep(1);
      }
      return seen;
    };
    const both = [branch(b, [c]), branch(c, [b])] as const;
    if (together === "parallel") return this.program.parallel(both);
    return Promise.all(both.map((each) => each()));
  }

  /** Now and random numbers before and after a nested call. */
  async moment(next: string | undefined): Promise<number[]> {
    const before = [this.program.now(), this.program.random(), this.program.random()];
    if (next !== undefined) await this.program.import(Node, next).walk([]);
    await this.program.sleep(3);
    return [...before, this.program.now(), this.program.random()];
  }

  /** Many steps of its own, each a nested call that answers with the label. */
  async steps(label: string, next: string, count: number): Promise<string[]> {
    const seen: string[] = [];
    for (let i = 0; i < count; i++) {
      const answers = await this.program.import(Node, next).walk([]);
      assert.deepEqual(answers, []);
      seen.push(`${label}.${i}`);
    }
    return seen;
  }
}

const network = { delay: exponential(2), loss: 0.05, duplication: 0.05 };

function stageOf(degrees: Record<string, number>, seed: string): Scene {
  const scene = new Scene({ network, seed });
  for (const [name, degree] of Object.entries(degrees))
    scene.stage.troupe(name, (program) => new Node(program), degree);
  return scene;
}

/** Paths by the troupe that executed them; each member must have the same. */
function pathsByTroupe(scene: Scene): Record<string, string[]> {
  const byMachine = new Map<string, string[]>();
  for (const { machine, path } of scene.events("execute")) {
    byMachine.set(machine, [...(byMachine.get(machine) ?? []), path]);
  }
  const byTroupe: Record<string, string[]> = {};
  for (const [machine, paths] of byMachine) {
    const name = machine.split(" ")[0]!;
    const sorted = paths.toSorted((a, b) => (a < b ? -1 : 1));
    if (byTroupe[name] === undefined) byTroupe[name] = sorted;
    else assert.deepEqual(sorted, byTroupe[name], machine);
  }
  return byTroupe;
}

describe("a thread", () => {
  it("runs through nested calls of replicated troupes, and its path grows by a number at each call", async () => {
    const scene = stageOf({ a: 2, b: 3, c: 2 }, "nested");
    const been = await scene.run((client) => client.import(Node, "a").walk(["b", "c"]));
    assert.deepEqual(been, ["b", "c"]);
    assert.deepEqual(pathsByTroupe(scene), { a: ["1"], b: ["1.1"], c: ["1.1.1"] });
    assert.equal(new Set(scene.events("execute").map((e) => e.thread)).size, 1);
    assert.equal(scene.events("execute").length, 2 + 3 + 2);
  });

  it("makes parallel calls inside one procedure, which differ in their sequence numbers", async () => {
    const scene = stageOf({ a: 3, b: 2, c: 2 }, "parallel");
    const routes = [["b"], ["c", "b"], ["b", "c"], ["c"], ["b"]];
    const been = await scene.run((client) => client.import(Node, "a").fan(routes));
    assert.deepEqual(
      been,
      routes.map((route) => route.slice(1)),
    );
    assert.deepEqual(pathsByTroupe(scene), { a: ["1"], b: ["1.1", "1.2.1", "1.3", "1.5"], c: ["1.2", "1.3.1", "1.4"] });
    assert.equal(scene.events("execute").length, 3 + 2 * 4 + 2 * 3);
  });

  describe("in branches that each make several calls", () => {
    const branching = async (together: "parallel" | "Promise.all", n: number): Promise<[Scene, unknown]> => {
      const scene = stageOf({ a: 3, b: 2, c: 2 }, `branches ${n}`);
      const answer = await scene.run((client) =>
        client
          .import(Node, "a")
          .branches(together, "b", "c")
          .catch((error: unknown) => error),
      );
      return [scene, answer];
    };

    const asMeant = [
      ["c", "c", "c"],
      ["b", "b", "b"],
    ];

    it("names the calls of each branch equally at all members, in whatever order answers arrive", async () => {
      const orders = new Set<string>();
      for (let n = 0; n < 20; n++) {
        const [scene, answer] = await branching("parallel", n);
        assert.deepEqual(answer, asMeant);
        const paths = pathsByTroupe(scene);
        const first = ["1.1.1", "1.1.2", "1.1.3"];
        const second = ["1.2.1", "1.2.2", "1.2.3"];
        assert.deepEqual(paths.b, [...first, ...second.map((path) => `${path}.1`)]);
        assert.deepEqual(paths.c, [...first.map((path) => `${path}.1`), ...second]);
        for (const machine of ["a 1", "a 2", "a 3"]) {
          const made = scene.events("call", machine).map(({ path }) => path);
          orders.add(made.join());
        }
      }
      assert.ok(orders.size > 3, `members made their calls in ${orders.size} orders`);
    });

    it("without `parallel` are numbered as they come: members that differ are told so, and nothing is executed twice", async () => {
      const outcomes = new Map<string, number>();
      for (let n = 0; n < 20; n++) {
        const [scene, answer] = await branching("Promise.all", n);
        const outcome = answer instanceof Error ? answer.message : "as meant";
        if (!(answer instanceof Error)) assert.deepEqual(answer, asMeant);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        for (const { name } of scene.world.machines) {
          const executed = scene.events("execute", name).map(({ path }) => path);
          assert.equal(new Set(executed).size, executed.length);
        }
      }
      assert.ok(
        (outcomes.get("b.walk: members of the calling troupe made different calls") ?? 0) > 0,
        JSON.stringify([...outcomes]),
      );
    });

    it("answers the results in order when all branches have ended, or throws the error of the first failed branch", async () => {
      const scene = stageOf({ a: 2 }, "ends");
      const ended: string[] = [];
      const [one, two] = await scene.run((client) =>
        client.parallel([
          async () => {
            await client.sleep(9);
            return 1;
          },
          () => "two",
        ]),
      );
      assert.deepEqual([one, two], [1, "two"]);
      assert.deepEqual(await scene.run((client) => client.parallel([])), []);
      const failing = scene.run((client) =>
        client.parallel([
          async () => {
            await client.sleep(9);
            throw new RangeError("first in order");
          },
          () => {
            throw new RangeError("first in time");
          },
          async () => {
            await client.sleep(20);
            ended.push("third");
          },
        ]),
      );
      await assert.rejects(failing, /first in order/);
      assert.deepEqual(ended, ["third"]);
    });

    it("continues after the branches in its own path; each branch has random numbers of its own", async () => {
      const scene = stageOf({ a: 1 }, "after");
      const draws = await scene.run(async (client) => {
        const stub = client.import(Node, "a");
        await stub.walk([]);
        const drawn = await client.parallel([() => client.random(), () => client.parallel([() => client.random()])]);
        await stub.walk([]);
        return [client.random(), drawn[0], drawn[1][0]];
      });
      assert.equal(new Set(draws).size, 3);
      assert.deepEqual(
        scene.events("execute").map(({ path }) => path),
        ["1", "4"],
      );
    });
  });

  it("can be called back by the module that it called", async () => {
    const scene = stageOf({ a: 2, b: 2 }, "call-back");
    // The root itself is a troupe whose procedure is called back.
    const results = rootThreads(
      scene.stage.troupe("root", (program) => new Node(program), 2),
      (program) => program.import(Node, "a").walk(["root"]),
    );
    await scene.world.run();
    assert.deepEqual(results, [["root"], ["root"]]);
    assert.deepEqual(pathsByTroupe(scene), { a: ["1"], root: ["1.1"] });
  });

  it("can enter a troupe again: A -> B -> A -> B -> A", async () => {
    const scene = stageOf({ a: 3, b: 2 }, "re-entrant");
    const been = await scene.run((client) => client.import(Node, "a").walk(["b", "a", "b", "a"]));
    assert.deepEqual(been, ["b", "a", "b", "a"]);
    assert.deepEqual(pathsByTroupe(scene), { a: ["1", "1.1.1", "1.1.1.1.1"], b: ["1.1", "1.1.1.1"] });
  });

  it("can call its own troupe: each member gathers CALLs from all members, itself included", async () => {
    const scene = stageOf({ a: 3 }, "self");
    assert.deepEqual(await scene.run((client) => client.import(Node, "a").walk(["a", "a"])), ["a", "a"]);
    assert.deepEqual(pathsByTroupe(scene), { a: ["1", "1.1", "1.1.1"] });
  });

  it("keeps its identity across `await` among many concurrent threads", async () => {
    const scene = stageOf({ a: 2, b: 3 }, "many");
    const client = scene.stage.client("client");
    const threads = 40;
    const done: string[][] = [];
    for (let t = 0; t < threads; t++) {
      void client.thread(async () => {
        const own: string[] = [];
        const stub = client.import(Node, "a");
        for (let i = 0; i < 3; i++) {
          own.push(...(await stub.steps(`${t}.${i}`, "b", 4)));
          if (t % 3 === 0) await client.sleep(t % 7);
        }
        done.push(own);
      });
    }
    await scene.world.run();
    assert.equal(done.length, threads);
    // Every thread has made the calls 1, 2, 3, and each of them 1.1 to 1.4 and so on: a mixed-up identity would leave gaps.
    const expected = [1, 2, 3].flatMap((i) => [`${i}`, ...[1, 2, 3, 4].map((k) => `${i}.${k}`)]);
    for (const machine of ["a 1", "a 2"]) {
      const byThread = new Map<string, string[]>();
      for (const e of scene.events("execute", machine))
        byThread.set(e.thread, [...(byThread.get(e.thread) ?? []), e.path]);
      assert.equal(byThread.size, threads);
      for (const paths of byThread.values()) assert.deepEqual(paths.toSorted(), ["1", "2", "3"]);
    }
    const paths = new Map<string, string[]>();
    for (const e of scene.events("execute")) {
      if (e.machine === "a 1" || e.machine === "b 1") paths.set(e.thread, [...(paths.get(e.thread) ?? []), e.path]);
    }
    for (const [thread, all] of paths)
      assert.deepEqual(
        all.toSorted((x, y) => (x < y ? -1 : 1)),
        expected,
        thread,
      );
    assert.equal(scene.events("disagreement").length, 0);
  });

  it("that begins at a replicated module is named by its troupe and a number, equal at all members", async () => {
    const scene = stageOf({ a: 2 }, "root");
    const root = scene.stage.troupe("root", () => new Root(), 3);
    const results = [1, 2, 3].map(() => rootThreads(root, (program) => program.import(Node, "a").walk([])));
    await scene.world.run();
    for (const all of results) assert.deepEqual(all, [[], [], []]);
    const { id } = root.troupe;
    assert.deepEqual([...new Set(scene.events("execute").map((e) => e.thread))].toSorted(), [
      `${id}.0.1`,
      `${id}.0.2`,
      `${id}.0.3`,
    ]);
    assert.equal(scene.events("execute").length, 6);
  });

  it("ends with its value, or with the error that was thrown before or after an `await`", async () => {
    const scene = new Scene();
    assert.equal(await scene.run(() => 5), 5);
    await assert.rejects(
      scene.run(() => {
        throw new RangeError("at once");
      }),
      /at once/,
    );
    await assert.rejects(
      scene.run(async (client) => {
        await client.sleep(5);
        throw new RangeError("later");
      }),
      /later/,
    );
  });
});

describe("time and chance", () => {
  it("are equal at every member, before and after nested calls and sleeps", async () => {
    const scene = stageOf({ a: 4, b: 2 }, "moment");
    // Unanimous: were they not, the call would fail.
    const [now1, r1, r2, now2, r3] = (await scene.run(async (client) => {
      await client.sleep(17);
      return client.import(Node, "a").moment("b");
    })) as [number, number, number, number, number];
    assert.equal(now1, 17, "when the root made the call");
    assert.equal(now2, 20, "after a sleep of 3 ms");
    assert.equal(new Set([r1, r2, r3]).size, 3);
    for (const r of [r1, r2, r3]) assert.ok(r >= 0 && r < 1);
  });

  it("differ from call to call and from thread to thread", async () => {
    const scene = stageOf({ a: 2 }, "chance");
    const draws = await scene.run(async (client) => {
      const stub = client.import(Node, "a");
      const seen: number[] = [];
      for (let i = 0; i < 200; i++) seen.push((await stub.moment(undefined))[1]!);
      return seen;
    });
    assert.equal(new Set(draws).size, 200);
    const mean = draws.reduce((a, b) => a + b, 0) / 200;
    assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / 200), `${mean}`);
  });

  it("in a thread of an unreplicated client are the client's own", async () => {
    const scene = new Scene();
    const times = await scene.run(async (client) => {
      const first = client.now();
      await client.sleep(5);
      return [first, client.now(), client.random(), client.random()];
    });
    assert.deepEqual(times.slice(0, 2), [0, 5]);
    assert.notEqual(times[2], times[3]);
  });
});
