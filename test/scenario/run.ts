/**
 * Runs a scenario on a simulated or a real world, and judges its trace: `node run.js simulated|real` prints what came
 * of it.
 */
import { checkEqualOrder } from "../../sim/checkers/equal-state.ts";
import { checkExactlyOnce } from "../../sim/checkers/exactly-once.ts";
import { Stage } from "../../sim/stage.ts";
import type { StageWorld } from "../../sim/staged-troupe.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { World } from "../../sim/world.ts";
import { RealWorld } from "../../udp/world.ts";
import { network, options, play, type Outcome } from "./lossy-bank.ts";

export interface Played {
  readonly outcome: Outcome;
  /** Each type of event in the trace. */
  readonly types: readonly string[];
  /** Sentences of the checkers, and of the ledger about faults without effect. */
  readonly complaints: readonly string[];
}

async function playOn(world: StageWorld, idle: () => readonly string[]): Promise<Played> {
  const events: StampedEvent[] = [];
  world.listen((event) => events.push(event));
  const stage = new Stage(world, options);
  let outcome: Outcome | undefined;
  world.at(0, async () => {
    outcome = await play(stage);
  });
  await world.run();
  const members = (id: number): number[] => stage.binding.lookupById(id)!.members.map(({ address }) => address);
  const bank = stage.binding.lookupByName("bank")!;
  const seed = "lossy-bank";
  const violations = [
    ...checkExactlyOnce(events, { seed, members }),
    // One client that makes one call after the other: all members execute them in that order.
    ...checkEqualOrder(events, { seed, troupes: [bank.id], members: members(bank.id) }),
  ];
  return {
    outcome: outcome!,
    types: [...new Set(events.map(({ event }) => event.type))],
    complaints: [...violations.map(({ sentence }) => sentence), ...idle()],
  };
}

const isReal = process.argv[2] === "real";
const world = isReal ? new RealWorld({ seed: "lossy-bank", network }) : new World({ seed: "lossy-bank", network });
try {
  console.log(JSON.stringify(await playOn(world, () => world.ledger.idle())));
} finally {
  if (world instanceof RealWorld) world.close();
}
