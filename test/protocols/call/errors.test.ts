/** Every kind of error is distinct, and can be met: one scenario for each row of the table. */
import assert from "node:assert/strict";
import { StaticBinding } from "../../../protocols/troupe/binding.ts";
import type { Troupe } from "../../../protocols/troupe/troupe.ts";
import { majority, watchdog } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { CallError, errorTable, type CallErrorKind } from "../../../protocols/errors.ts";
import { Endpoint } from "../../../protocols/message/endpoint.ts";
import { Writer } from "../../../protocols/wire/bytes.ts";
import { readOutcome } from "../../../protocols/wire/call.ts";
import { headerBytes } from "../../../protocols/wire/segment.ts";
import { Town } from "../binding/town.ts";
import { Root, rootThreads, Scene } from "./scene.ts";

class Box {
  content = 0;
  puts = 0;
  readonly wait: () => Promise<void>;
  readonly flaw: number;

  constructor(wait: () => Promise<void> = () => Promise.resolve(), flaw = 0) {
    this.wait = wait;
    this.flaw = flaw;
  }

  put(value: number): number {
    this.puts++;
    this.content = value;
    return value + this.flaw;
  }

  async putSlowly(value: number): Promise<number> {
    await this.wait();
    return this.put(value);
  }
}

/** The error of a call in the scene, if it is a CallError. */
async function failure(scene: Scene, call: (client: Program) => Promise<unknown>): Promise<CallError> {
  try {
    await scene.run(call, 100_000);
  } catch (error) {
    assert.ok(error instanceof CallError, String(error));
    return error;
  }
  throw new Error("the call did not fail");
}

function boxes(degree: number, flaws: number[] = []): Scene & { troupe: Troupe } {
  const scene = new Scene();
  let made = 0;
  const staged = scene.stage.troupe("box", (p) => new Box(() => p.sleep(1000), flaws[made++] ?? 0), degree);
  return Object.assign(scene, { troupe: staged.troupe });
}

/** A caller of two members that put different values. */
async function differing(options: object): Promise<CallError> {
  const scene = new Scene();
  scene.stage.troupe("box", () => new Box(), 2, options);
  const root = scene.stage.troupe("root", () => new Root(), 2);
  const results = rootThreads(root, (program, _root, index) => program.import(Box, "box").put(index));
  await scene.world.run();
  assert.equal(scene.events("execute").length, 0);
  assert.equal((results[0] as CallError).kind, (results[1] as CallError).kind);
  return results[0] as CallError;
}

const scenarios: Record<CallErrorKind, () => Promise<CallError>> = {
  "troupe-unavailable": () => {
    const scene = boxes(2);
    for (const machine of scene.world.machines) machine.crash();
    return failure(scene, (client) => client.import(Box, "box").put(1));
  },
  "troupe-lost": async () => {
    const town = new Town("lost");
    const member = town.member("box", () => {
      // A member whose state no newcomer could receive would be refused.
      const { wait: _, ...state } = new Box();
      return Object.assign(Object.create(Box.prototype) as Box, state);
    });
    await town.world.run(3000);
    const client = town.client();
    const box = await town.answer(client, () => client.bind(Box, "box"));
    member.machine.crash();
    // Until the Ringmaster holds it for certainly dead, the troupe is only unavailable.
    await town.world.run(town.world.now + 7000);
    const { reason } = await town.outcome(client, () => box.put(1));
    return reason as CallError;
  },
  "ringmaster-unavailable": async () => {
    const town = new Town("nobody", { ringmasters: 0 });
    const client = town.client();
    const { reason } = await town.outcome(client, () => client.bind(Box, "box"));
    return reason as CallError;
  },
  disagreement: () => failure(boxes(3, [0, 0, 1]), (client) => client.import(Box, "box").put(1)),
  "no-majority": () =>
    failure(boxes(3, [0, 1, 2]), (client) => client.import(Box, "box", { collator: majority }).put(1)),
  "stale-binding": () => {
    const scene = boxes(2);
    return failure(scene, (client) => client.import(Box, { ...scene.troupe, id: 77 }).put(1));
  },
  "unknown-troupe": () => failure(boxes(2), async (client) => client.import(Box, "bax").put(1)),
  "unknown-procedure": () => {
    const scene = boxes(2);
    return failure(scene, (client) => client.import(Box, { ...scene.troupe, module: 77 }).put(1));
  },
  "bad-arguments": async () => {
    // No stub sends what cannot be read: a client of bare messages does.
    const scene = boxes(1);
    let answer: ReturnType<typeof readOutcome> | undefined;
    scene.world.machine("bare").start((host) => {
      const endpoint = new Endpoint(host, { called: () => assert.fail("called") });
      const writer = new Writer();
      writer.begin(headerBytes);
      for (const part of [host.address, 1, 1, 1, 0, 0, 0, scene.troupe.id, scene.troupe.module, 0])
        writer.integer(part);
      writer.float(0);
      writer.integer(1);
      writer.byte(99); // no such tag
      endpoint.call([scene.troupe.members[0]!.address], undefined, writer.finish(), {
        returned: (_index, message) => (answer = readOutcome(message)),
        crashed: () => assert.fail("crashed"),
      });
    });
    await scene.world.run();
    assert.equal(scene.events("execute").length, 0);
    assert.ok(answer?.type === "failed");
    return new CallError(answer.kind, "box.put");
  },
  "caller-disagreement": () => differing({}),
  "caller-no-majority": () => differing({ collators: { put: majority } }),
  "not-a-member": async () => {
    const scene = boxes(2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    const client = scene.stage.client("client");
    const errors: CallError[] = [];
    client
      .thread(() => client.import(Box, "box").put(1), root.troupe)
      .catch((error: unknown) => errors.push(error as CallError));
    await scene.world.run();
    return errors[0]!;
  },
  "bad-answer": () => {
    const scene = new Scene();
    const process = scene.world.machine("liar").start((host) => {
      new Endpoint(host, { called: (exchange) => exchange.reply(new Uint8Array(headerBytes + 5).fill(77)) });
    });
    const troupe = { id: 5, name: "liar", module: 1, members: [{ address: process.address }] };
    return failure(scene, (client) => client.import(Box, troupe).put(1));
  },
  // Only calls within transactions meet it, and their code does not go on: it is seen in the RETURN.
  "transaction-aborted": () => Promise.resolve(new CallError("transaction-aborted", "box.put")),
  overloaded: async () => {
    const scene = new Scene();
    scene.stage.troupe("box", (p) => new Box(() => p.sleep(1000)), 2, {
      ordering: "broadcast",
      transactions: { queue: 1 },
    });
    const client = scene.stage.client("client");
    const errors: unknown[] = [];
    void client.thread(async () => {
      const box = client.import(Box, "box");
      const calls = [1, 2, 3].map((n) => box.putSlowly(n).catch((error: unknown) => errors.push(error)));
      await Promise.all(calls);
    });
    await scene.world.run();
    return errors[0] as CallError;
  },
  "timed-out": () => failure(boxes(2), (client) => client.import(Box, "box", { timeout: 500 }).putSlowly(1)),
  "thread-aborted": () =>
    failure(boxes(2, [0, 1]), async (client) => {
      const stub = client.import(Box, "box", { collator: watchdog });
      await stub.put(1);
      await client.sleep(100);
      return stub.put(2);
    }),
};

describe("the errors of calls", () => {
  for (const kind of Object.keys(errorTable) as CallErrorKind[]) {
    it(`${kind}: occurs, names the call in its message, and states whether it is definite`, async () => {
      const error = await scenarios[kind]();
      assert.equal(error.kind, kind);
      assert.equal(error.name, "CallError");
      assert.equal(error.definite, errorTable[kind].definite);
      assert.match(error.message, /^(box|bax|liar|root|ringmaster)(\.put(Slowly)?)?: /);
      assert.ok(error.message.endsWith(errorTable[kind].sentence));
    });
  }

  it("that are definite mean that no member has executed the call", async () => {
    for (const kind of ["stale-binding", "unknown-procedure"] as const) {
      const scene = boxes(3);
      const wrong = kind === "stale-binding" ? { ...scene.troupe, id: 77 } : { ...scene.troupe, module: 77 };
      assert.ok((await failure(scene, (client) => client.import(Box, wrong).put(1))).definite);
      assert.equal(scene.events("execute").length, 0);
    }
  });

  it("are indefinite if another member may decide otherwise and execute the call", async () => {
    const scene = new Scene();
    const box = scene.stage.troupe("box", () => new Box(), 2, { collators: { put: majority } });
    const root = scene.stage.troupe("root", () => new Root(), 3);
    // The first member of the troupe cannot hear two of the three callers.
    scene.world.partition({ between: ["box 1"], and: ["root 2", "root 3"] });
    const kinds: string[] = [];
    rootThreads(root, async (program, _root, index) => {
      for await (const reply of program.import(Box, "box").put.replies(1)) {
        if (index === 0) kinds.push(reply.type === "raised" ? (reply.error as CallError).kind : reply.type);
      }
    });
    await scene.world.run(100_000);
    assert.deepEqual(kinds, ["returned", "caller-no-majority"]);
    assert.equal(new CallError("caller-no-majority", "box.put").definite, false);
    assert.deepEqual(
      box.members.map(({ module }) => module.puts),
      [0, 1],
    );
  });

  it("reach the caller through nested calls as errors that the procedure raised", async () => {
    const scene = new Scene();
    class Proxy {
      readonly program: Program;
      constructor(program: Program) {
        this.program = program;
      }
      async put(value: number): Promise<number> {
        return this.program.import(Box, "box", { timeout: 300 }).putSlowly(value);
      }
    }
    scene.stage.troupe("box", (program) => new Box(() => program.sleep(1000)), 2);
    scene.stage.troupe("proxy", (program) => new Proxy(program), 2);
    await scene.run((client) =>
      assert.rejects(client.import(Proxy, "proxy").put(1), {
        name: "CallError",
        message: "box.putSlowly: the caller's time limit passed before there was an answer",
      }),
    );
  });

  it("a call that timed out is still executed once at every member", async () => {
    const scene = boxes(3);
    await failure(scene, (client) => client.import(Box, "box", { timeout: 50 }).putSlowly(4));
    await scene.world.run();
    assert.equal(scene.events("execute").length, 3);
    assert.deepEqual(
      scene.events("executed").map((e) => e.outcome),
      ["returned", "returned", "returned"],
    );
    assert.deepEqual(
      scene.events("call-done").map((e) => e.outcome),
      ["timed-out"],
    );
  });

  it("a message that is too long is refused before anything is sent, and the thread goes on", async () => {
    const scene = new Scene({ messages: { datagramBytes: headerBytes + 10 } });
    scene.stage.troupe("box", () => new Box(), 2);
    await scene.run(async (client) => {
      const stub = client.import(Box, "box");
      const put = stub.put as unknown as (value: Uint8Array) => Promise<unknown>;
      await assert.rejects(put(new Uint8Array(50_000)), /is too long; expected at most 40950 bytes/);
      assert.equal(await stub.put(3), 3);
    });
    assert.equal(scene.events("call").length, 1);
  });

  it("a result that is too long or no plain data becomes an error that the procedure raised", async () => {
    const scene = new Scene({ messages: { datagramBytes: headerBytes + 10 } });
    class Odd {
      long(): Uint8Array {
        return new Uint8Array(50_000);
      }
      function(): () => void {
        return () => {};
      }
      thrown(): never {
        throw Object.create(null);
      }
      async rejected(): Promise<never> {
        await Promise.resolve();
        throw undefined;
      }
    }
    scene.stage.troupe("odd", () => new Odd(), 2);
    await scene.run(async (client) => {
      const stub = client.import(Odd, "odd");
      await assert.rejects(stub.long(), { name: "RangeError", message: /is too long/ });
      await assert.rejects(stub.function(), { name: "Refusal", message: /result is a function/ });
      await assert.rejects(stub.thrown(), { name: "Error", message: "an error that has no text" });
      await assert.rejects(stub.rejected(), { name: "Error", message: "undefined" });
    });
  });
});

describe("export, import and binding", () => {
  const members = [{ address: 1 }];

  it("refuse invalid arguments with a sentence", () => {
    const binding = new StaticBinding();
    const add = (troupe: Partial<Troupe>) => () => binding.add({ id: 1, name: "a", module: 1, members, ...troupe });
    add({})();
    assert.throws(add({}), /troupe ID 1 is taken already/);
    assert.throws(add({ id: 2 }), /troupe name "a" is taken already/);
    for (const id of [0, -1, 1.5, NaN, 2 ** 53]) assert.throws(add({ id, name: "b" }), /expected a positive integer/);
    for (const module of [-1, 0.5, NaN]) assert.throws(add({ id: 3, name: "c", module }), /module number/);
    assert.throws(add({ id: 4, name: "d", members: [...members, ...members] }), /two members at address 1/);
    assert.equal(binding.lookupByName("b"), undefined);
  });

  it("refuse a second module with the same number, and procedures that are no methods", () => {
    const scene = new Scene();
    const troupe = scene.stage.troupe("box", () => new Box(), 1);
    const { program } = troupe.member(1);
    assert.throws(
      () => program.export(new Box(), { troupe: troupe.troupe }),
      /module number 1 of troupe "box" is exported already/,
    );
    const other = { ...troupe.troupe, id: 9, module: 9 };
    assert.throws(
      () => program.export(new Box(), { troupe: other, explicit: ["puts" as "put"] }),
      /module Box has no procedure "puts"/,
    );
  });

  it("agree on procedures: own and inherited methods by name, except names that begin with _", async () => {
    class Base {
      inherited(): string {
        return "inherited";
      }
      replaced(): string {
        return "base";
      }
    }
    class Derived extends Base {
      own(): string {
        return "own";
      }
      override replaced(): string {
        return "derived";
      }
      _hidden(): string {
        return "hidden";
      }
      get property(): string {
        return "property";
      }
    }
    const scene = new Scene();
    scene.stage.troupe("derived", () => new Derived(), 2);
    await scene.run(async (client) => {
      const stub = client.import(Derived, "derived");
      assert.deepEqual(Object.keys(stub), ["inherited", "own", "replaced"]);
      assert.deepEqual(
        [await stub.inherited(), await stub.own(), await stub.replaced()],
        ["inherited", "own", "derived"],
      );
    });
  });

  it("fail at once for an empty troupe: it is unavailable", async () => {
    const scene = new Scene();
    const troupe = { id: 9, name: "box", module: 1, members: [] };
    const error = await failure(scene, (client) => client.import(Box, troupe).put(1));
    assert.equal(error.kind, "troupe-unavailable");
    await scene.run(async (client) => {
      for await (const reply of client.import(Box, troupe).put.replies(1)) assert.fail(reply.type);
    });
  });
});
