/** Troupes of a static table. A machine that comes back is at the address of the member that it was. */
import { firstCome } from "../protocols/call/collator.ts";
import { Program } from "../protocols/program/program.ts";
import type { Address } from "../protocols/host.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import type { Machine } from "../sim/machine/machine.ts";
import { Stage } from "../sim/stage.ts";
import type { World } from "../sim/world.ts";
import { moduleOf, type Ground, type Member } from "./ground.ts";
import type { ScheduledClient, ScheduledTroupe } from "./schedule.ts";
import { tableMessages, transactions } from "./settings.ts";

/** A replicated client exports nothing of interest. */
class Root {
  ping(): string {
    return "pong";
  }
}

export class TableGround implements Ground {
  readonly members: Member[] = [];
  /** By troupe ID: the addresses of its members. */
  readonly addresses = new Map<number, readonly Address[]>();
  /** By name. */
  readonly troupes = new Map<string, Troupe>();
  readonly #world: World;
  readonly #stage: Stage;

  constructor(world: World, troupes: readonly ScheduledTroupe[]) {
    this.#world = world;
    this.#stage = new Stage(world, tableMessages);
    for (const each of troupes) {
      const { name, members, ordering } = each;
      const { troupe, members: staged } = this.#stage.troupe(
        name,
        (program) => moduleOf(each, program, world.machines[program.host.address >> 8]!.name, true),
        members.length,
        {
          machine: (index) => ({ name: members[index]! }),
          ordering,
          transactions,
          ...(ordering === "none" ? { collators: { mark: firstCome } } : {}),
        },
      );
      this.troupes.set(name, troupe);
      this.addresses.set(
        troupe.id,
        staged.map(({ process }) => process.address),
      );
      for (const member of staged) {
        this.members.push({
          troupe: name,
          machine: member.machine,
          get module() {
            return member.module;
          },
        });
      }
    }
  }

  client(client: ScheduledClient, begin: (program: Program, machine: Machine, as?: Troupe) => void): void {
    const { name, members } = client;
    if (members.length === 1) {
      const machine = this.#world.machine(members[0]!);
      machine.start((host) => begin(new Program(host, this.#stage.binding, tableMessages), machine));
      return;
    }
    // The first lives begin when the troupe is complete.
    let root: Troupe | undefined = undefined;
    const machines: Machine[] = members.map((member) => this.#world.machine(member));
    let made = 0;
    const staged = this.#stage.troupe(
      name,
      (program) => {
        const machine = this.#world.machines[program.host.address >> 8]!;
        if (made++ >= members.length) begin(program, machine, root);
        return new Root();
      },
      members.length,
      { machine: (index) => machines[index]! },
    );
    root = staged.troupe;
    staged.members.forEach(({ program, machine }) => begin(program, machine, root));
  }
}
