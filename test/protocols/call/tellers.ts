/** Two tellers that call two ledgers: a replicated caller and its callee, which both may change. */
import type { Collator } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/program/program.ts";
import type { World } from "../../../sim/world.ts";
import { Ledger } from "../binding/ledger.ts";
import { Observer } from "../binding/observer.ts";
import { Teller } from "../binding/teller.ts";
import { Town, type Inhabitant } from "../binding/town.ts";

export interface Place {
  readonly town: Town;
  readonly world: World;
  readonly observer: Observer;
  readonly tellers: Inhabitant<Ledger>[];
  readonly ledgers: Inhabitant<Ledger>[];
  /** Names of machines. */
  readonly ringmasters: string[];
  readonly named: (inhabitants: readonly Inhabitant<Ledger>[]) => string[];
}

export async function place(...[seed, options]: ConstructorParameters<typeof Town>): Promise<Place> {
  const town = new Town(seed, options);
  const { world } = town;
  const observer = new Observer(world, ["ledger", "teller"]);
  await world.run(1000);
  const ledgers = [1, 2].map(() => town.member("ledger", () => new Ledger()));
  await world.run(2000);
  const make = (program: Program): Ledger => new Teller(program, () => Promise.resolve());
  const tellers = [1, 2].map(() => town.member("teller", make));
  await world.run(3000);
  const named: Place["named"] = (inhabitants) => inhabitants.map(({ machine }) => machine.name);
  return {
    town,
    world,
    observer,
    tellers,
    ledgers,
    ringmasters: town.ringmasters.map(({ machine }) => machine.name),
    named,
  };
}

/** A client that marks one number; its machine's name, and what it is told. */
export function marking({ town, world }: Place, number: number, collator: Collator): { name: string; told: unknown[] } {
  const program = town.client();
  const { name } = world.machines.at(-1)!;
  const told: unknown[] = [];
  void program.thread(async () => {
    const teller = await program.bind(Ledger, "teller", { collator });
    await program.sleep(100);
    try {
      told.push(await teller.mark("client", number));
    } catch (error) {
      told.push(error);
    }
  });
  return { name, told };
}

export const marks = (inhabitants: readonly Inhabitant<Ledger>[]): number[][] =>
  inhabitants.filter(({ machine }) => machine.up).map(({ module }) => [...(module.marked.get("client") ?? [])]);
