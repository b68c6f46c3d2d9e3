/** Run-time stubs: a troupe whose interface is made of schemas, with no compile step. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { SchemaForms, type StandardSchema } from "../../../languages/stubs/schema/forms.ts";
import { interfaceOfSchemas } from "../../../languages/stubs/schema/interface.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";

interface Tree {
  readonly value: number;
  readonly left: Tree | null;
}

const treeSchema: v.GenericSchema<Tree> = v.object({ value: v.number(), left: v.nullable(v.lazy(() => treeSchema)) });

/** A Standard Schema of no vendor that is known. */
const even: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "number" && value % 2 === 0 ? { value } : { issues: [{ message: "expected an even number" }] },
    types: undefined,
  },
};

const shelfInterface = interfaceOfSchemas("Shelf", {
  put: {
    arguments: [
      v.pipe(v.string(), v.maxLength(8)),
      v.variant("kind", [
        v.object({ kind: v.literal("book"), pages: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535)) }),
        v.object({
          kind: v.literal("box"),
          inside: v.map(v.string(), v.set(v.bigint())),
          label: v.optional(v.string()),
        }),
      ]),
    ],
    result: v.number(),
    errors: { Full: v.object({ most: v.number() }) },
  },
  double: { arguments: [even], result: even },
  mirror: { arguments: [treeSchema], result: treeSchema },
});

class Shelf {
  things: unknown[] = [];

  put(_name: string, thing: unknown): number {
    if (this.things.length === 2) throw Object.assign(new Error("no room"), { name: "Full", most: 2 });
    return this.things.push(thing);
  }

  double(value: number): number {
    return value === 4 ? 7 : 2 * value;
  }

  mirror(tree: Tree): Tree {
    return tree;
  }
}

describe("run-time stubs from schemas", () => {
  it("call a troupe of three", async () => {
    const world = new World({ seed: "schema", network: { loss: 0.1 } });
    const stage = new Stage(world);
    const troupe = stage.troupe("shelf", () => new Shelf(), 3, { interface: shelfInterface });
    const client = stage.client("client");
    const shelf = client.import(shelfInterface, "shelf");
    const box = { kind: "box" as const, inside: new Map([["a", new Set([1n, -5n])]]) };
    const done = client.thread(async () => {
      assert.equal(await shelf.put("one", { kind: "book", pages: 300 }), 1);
      assert.equal(await shelf.put("two", box), 2);
      const full = (await shelf.put("three", box).catch((error: unknown) => error)) as { name: string; most: number };
      assert.deepEqual([full.name, full.most], ["Full", 2]);
      assert.equal(await shelf.double(2), 4);
      await assert.rejects(shelf.double(3), /double's argument 1: expected an even number/);
      // The members' answer is not of the schema: each refuses to send it.
      await assert.rejects(shelf.double(4), /double's result: expected an even number/);
      await assert.rejects(shelf.put("longer than eight", box), /put's argument 1: .*<=8/);
      await assert.rejects(shelf.put("x", { kind: "book", pages: 70_000 }), /put's argument 2\.pages: /);
      const tree = { value: 1, left: { value: 2, left: null } };
      assert.deepEqual(await shelf.mirror(tree), tree);
    });
    await world.run();
    await done;
    for (const { module } of troupe.members) assert.deepEqual(module.things, [{ kind: "book", pages: 300 }, box]);
  });

  for (const [name, schema, pattern] of [
    ["a transformation", v.pipe(v.string(), v.transform(Number)), /x transforms its values \(transform\)/],
    ["a function", v.function(), /x is of type function, which cannot be externalized/],
    ["a class", v.instance(RegExp), /x is an instance of a class; expected plain data/],
    ["a union", v.union([v.string(), v.number()]), /x is a union that nothing tells apart; expected v\.variant/],
    ["a part", v.object({ a: v.array(v.symbol()) }), /x\.a\[\] is of type symbol/],
  ] as const) {
    it(`refuse ${name}`, () => {
      assert.throws(() => new SchemaForms().form(schema, "x"), pattern);
    });
  }

  it("take Courier's words where the bounds are theirs", () => {
    const bounded = (least: number, most: number) =>
      new SchemaForms().form(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most)), "x");
    assert.deepEqual(bounded(0, 65535), { kind: "predefined", type: "cardinal" });
    assert.deepEqual(bounded(-32768, 32767), { kind: "predefined", type: "integer" });
    assert.deepEqual(bounded(0, 9), { kind: "predefined", type: "real" });
  });
});
