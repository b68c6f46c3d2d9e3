/** Transactions of a module that holds what a proxy cannot see: its state is noted as a whole. */
import assert from "node:assert/strict";
import { declareClasses } from "../../../protocols/wire/declared.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";

class Index extends Map<string, number> {
  raise(name: string): number {
    const next = (this.get(name) ?? 0) + 1;
    this.set(name, next);
    return next;
  }
}

class Link {
  name: string;
  before: Link | undefined;
  constructor(name: string, before: Link | undefined) {
    this.name = name;
    this.before = before;
  }
}

class Catalogue {
  index: Index | undefined = undefined;
  last: Link | undefined = undefined;
  names = new Set<Link>();

  /** Until then there is nothing that a proxy cannot see. */
  open(): void {
    this.index = new Index();
  }

  /** Raised errors undo all that came before. */
  add(name: string, raises: boolean): number {
    const link = new Link(name, this.last);
    this.names = new Set([...this.names, link]);
    this.last = link;
    const count = this.index?.raise(name) ?? 0;
    if (raises) throw new RangeError(name);
    return count;
  }
}

class Marked extends Catalogue {
  static readonly transactions = { objects: { add: (name: string): string[] => [name] } };
}

declareClasses({ Index, Link });

async function course(type: typeof Catalogue, clients: number): Promise<{ answers: unknown[]; states: unknown[] }> {
  const world = new World({ seed: "unseen", network: { delay: exponential(5), loss: 0.02 } });
  const stage = new Stage(world);
  const troupe = stage.troupe("catalogue", () => new type(), 3, { ordering: "commit" });
  const answers: unknown[] = [];
  const first = stage.client("first");
  const opened = first.thread(() => first.import(type, "catalogue").open());
  for (let i = 0; i < clients; i++) {
    const client = stage.client(`client ${i}`);
    const catalogue = client.import(type, "catalogue");
    void client.thread(async () => {
      await client.sleep(2000);
      for (const raises of [false, true, false])
        answers.push(await catalogue.add("a", raises).catch((error: unknown) => (error as Error).message));
    });
  }
  await world.run();
  await opened;
  const states = troupe.members.map(({ module: { index, last, names } }) => {
    const links: string[] = [];
    for (let at = last; at !== undefined; at = at.before) links.push(at.name);
    return { index: [...index!], links, names: names.size };
  });
  return { answers, states };
}

describe("a call that meets what a proxy cannot see", () => {
  it("is made again, and it and all later calls are undone as a whole", async () => {
    const { answers, states } = await course(Catalogue, 3);
    const added = { index: [["a", 6]], links: Array.from({ length: 6 }, () => "a"), names: 6 };
    assert.deepEqual(states, [added, added, added]);
    assert.deepEqual(
      answers.filter((answer) => typeof answer === "number").toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6],
    );
    assert.equal(answers.filter((answer) => answer === "a").length, 3);
  });

  it("is refused in a class that marks objects, which cannot be undone as a whole", async () => {
    await assert.rejects(course(Marked, 1), {
      name: "TypeError",
      message:
        /^an object that is put into the state is of a subclass of a built-in class, .*; leave out the objects in the marks/,
    });
  });
});
