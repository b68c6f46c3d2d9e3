/** Runs a scenario on a simulated or a real world, and judges its trace. As a program: `node run.js simulated|real`. */
import { pathToFileURL } from "node:url";
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
  readonly events: readonly StampedEvent[];
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
  return { outcome: outcome!, events, complaints: [...violations.map(({ sentence }) => sentence), ...idle()] };
}

export async function playSimulated(): Promise<Played> {
  const world = new World({ seed: "lossy-bank", network });
  return playOn(world, () => world.ledger.idle());
}

export async function playReal(): Promise<Played> {
  const world = new RealWorld({ seed: "lossy-bank", network });
  try {
    return await playOn(world, () => world.ledger.idle());
  } finally {
    world.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { outcome } = await (process.argv[2] === "real" ? playReal() : playSimulated());
  console.log(JSON.stringify(outcome));
}
