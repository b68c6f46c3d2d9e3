/** Short runs that have everything in them that views of a trace show. */
import type { Program } from "../../../protocols/program/program.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../sim/stage.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { World } from "../../../sim/world.ts";

class Bank {
  readonly #program: Program;
  balance = 0;
  constructor(program: Program) {
    this.#program = program;
  }
  deposit(amount: number): number {
    return (this.balance += amount);
  }
  refuse(reason: string): never {
    throw new RangeError(`refused: ${reason}`);
  }
  getState(): number {
    return this.balance;
  }
  setState(balance: number): void {
    this.balance = balance;
  }
  size(bytes: Uint8Array): number {
    return bytes.length;
  }
  async slowly(): Promise<string> {
    await this.#program.sleep(400);
    return "done & <well>";
  }
}

/**
 * Losses, a duplicate, a long message, an error, a slow procedure cut off by a crash, a restart, a pause, a partition.
 */
export async function badDay(): Promise<StampedEvent[]> {
  const world = new World({ seed: "3", network: { loss: 0.12, duplication: 0.1, delay: exponential(0.5) } });
  const trace: StampedEvent[] = [];
  world.listen((event) => trace.push(event));
  const stage = new Stage(world);
  const bank = stage.troupe("bank", (program) => new Bank(program), 3);
  const teller = stage.client("teller");
  const account = teller.import(Bank, "bank");
  const ended = teller.thread(async () => {
    await account.deposit(5);
    await account.refuse("no & <never>").catch(() => undefined);
    await account.size(new Uint8Array(4000));
    await account.slowly();
    await account.deposit(7).catch(() => undefined);
  });
  world.at(500, () => bank.member(2).machine.crash());
  world.at(700, () => bank.member(2).machine.restart());
  world.at(300, () => bank.member(3).machine.pause());
  world.at(350, () => bank.member(3).machine.resume());
  world.at(1, () => {
    const partition = world.partition({ between: ["bank 1"] });
    world.after(200, () => partition.heal());
  });
  await world.run();
  await ended;
  return trace;
}

/** Two clients whose transactions meet at the members in different orders. */
export async function conflict(): Promise<StampedEvent[]> {
  const world = new World({ seed: "1", network: { delay: exponential(1) } });
  const trace: StampedEvent[] = [];
  world.listen((event) => trace.push(event));
  const stage = new Stage(world);
  stage.troupe("bank", (program) => new Bank(program), 2, { ordering: "commit" });
  const ended = [1, 2].map((amount) => {
    const client = stage.client(`client ${amount}`);
    const account = client.import(Bank, "bank");
    return client.thread(() => account.deposit(amount));
  });
  await world.run();
  await Promise.all(ended);
  return trace;
}
