/** Clock, chance and timers in users' files, and programs that hide them: equal at all members, in simulation. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { check } from "../../../harness/check/check.ts";
import { argumentsFrom } from "../../../harness/check/generated.ts";
import { signaturesOf } from "../../../harness/check/signatures.ts";
import { loadClass } from "../../../harness/load.ts";
import { packageRoot } from "../../../harness/package-root.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";

const folder = join(packageRoot, "test/modules/chance");
const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));

type Stub = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** Runs a scenario with one client of a troupe of two. */
async function withTwo<R>(name: string, scenario: (stub: Stub, now: () => number) => Promise<R>): Promise<R> {
  const type = await loadClass(join(folder, name));
  const world = new World({ seed: name });
  const stage = new Stage(world);
  stage.troupe("troupe", () => new type(), 2);
  const client = stage.client("client");
  const ended = client.thread(() => scenario(client.import(type, "troupe") as Stub, () => client.now()));
  await world.run();
  return ended;
}

describe("a program that hides clock and chance", () => {
  it("is here in twenty forms", () => assert.ok(programs.length >= 20, `${programs.length}`));

  for (const name of programs) {
    it(`${name} has one state at all members, with joins and crashes in between`, async () => {
      const path = join(folder, name);
      const type = await loadClass(path);
      const argumentsOf = argumentsFrom(type, signaturesOf(type.name, path));
      const done = await check({ type, make: () => new type(), argumentsOf, seed: name, courses: 1, calls: 12 });
      assert.deepEqual(done.troubles, []);
      assert.deepEqual(done.neverAnswered, []);
      assert.ok(done.joins > 0);
    });
  }

  it("gets the time at which its caller's root called, and the time that it waited for", async () => {
    await withTwo("oven.ts", async (oven, now) => {
      const begun = now();
      assert.equal(await oven["bake"]!(2), 120);
      assert.ok(now() - begun >= 120 && now() - begun < 200, `${now() - begun}`);
    });
  });

  it("gets its timers in the order of their times", async () => {
    assert.equal(await withTwo("race.ts", (race) => race["run"]!()), "0 10 20 tick tick tick");
    assert.equal(await withTwo("hurry.ts", (hurry) => hurry["run"]!()), "tick microtask");
    assert.equal(await withTwo("abort.ts", (abort) => abort["wait"]!()), "TimeoutError");
  });

  it("gets dates that are dates", async () => {
    assert.deepEqual(await withTwo("almanac.ts", (stub) => stub["isDate"]!()), [true, true]);
    assert.deepEqual(await withTwo("appointments.ts", (stub) => stub["isDate"]!()), [true, true, true, true]);
  });

  it("is made alike at all members that get no state of others, whenever they are made", async () => {
    const type = await loadClass(join(folder, "limiter.ts"));
    const world = new World({ seed: "made" });
    const members = new Stage(world).troupe("limiter", () => new type(), 2);
    world.after(500, () => members.member(2).machine.crash());
    world.after(700, () => members.member(2).machine.restart());
    await world.run();
    assert.deepEqual(members.member(1).module, members.member(2).module);
    assert.equal((members.member(2).module as { filled?: number }).filled, 0);
  });

  it("gets other chance in each call", async () => {
    const ids = await withTwo("sessions.ts", async (stub) => [await stub["begin"]!(), await stub["begin"]!()]);
    assert.notEqual(ids[0], ids[1]);
    for (const id of ids)
      assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
