import assert from "node:assert/strict";
import { CallError } from "../../../protocols/errors.ts";
import { Ledger } from "../binding/ledger.ts";
import { Town } from "../binding/town.ts";

describe("a call that fails because no member can be reached", () => {
  it("is executed by all members or by none, and before the calls that follow it", async () => {
    const town = new Town("straggler", { binding: { loss: 20_000 } });
    const { world } = town;
    await world.run(1000);
    const members = [1, 2].map(() => town.member("ledger", (program) => new Ledger(() => program.sleep(200))));
    await world.run(2000);
    const client = town.client();
    const machine = world.machines.at(-1)!;
    const ledger = await town.answer(client, () => client.bind(Ledger, "ledger"));
    const names = members.map((member) => member.machine.name);
    const outcomes: string[] = [];
    // One member has the call when both are cut off, the other has not.
    const first = world.partition({ between: [names[1]!], and: [machine.name] });
    void client.thread(async () => {
      for (const call of [1, 2]) {
        try {
          outcomes.push(`${await ledger.write("client", call)}`);
        } catch (error) {
          outcomes.push(error instanceof CallError ? error.kind : String(error));
        }
      }
    });
    await world.run(world.now + 100);
    const second = world.partition({ between: names });
    first.heal();
    const failed = (): boolean => outcomes.length > 0;
    for (let i = 0; i < 200 && !failed(); i++) await world.run(world.now + 50);
    second.heal();
    await world.run(world.now + 3000);
    assert.deepEqual(outcomes, ["troupe-unavailable", "2"]);
    assert.deepEqual(
      members.map(({ module }) => module.written.get("client")),
      [
        [1, 2],
        [1, 2],
      ],
    );
  });
});
