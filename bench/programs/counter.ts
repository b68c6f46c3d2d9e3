/** A world in which a client calls a troupe of three, without loss. */
import type { Stub } from "../../protocols/call/client/stub.ts";
import type { Program } from "../../protocols/program/program.ts";
import { Stage } from "../../sim/stage.ts";
import { World } from "../../sim/world.ts";

export class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

export function troupeOfThree(): { world: World; client: Program; counter: Stub<Counter> } {
  const world = new World({ seed: "protocol" });
  const stage = new Stage(world);
  const { troupe } = stage.troupe("counter", () => new Counter(), 3);
  const client = stage.client("client");
  return { world, client, counter: client.import(Counter, troupe) };
}
