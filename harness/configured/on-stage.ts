/** Starts the troupe of a configuration on the machines of a stage, which are simulated machines or real processes. */
import type { Placement, Specification } from "../../languages/configuration/solve.ts";
import type { MachineTable } from "../../languages/configuration/machines.ts";
import type { CollatorChoice } from "../../languages/configuration/syntax.ts";
import { collators, quorum, type Collator } from "../../protocols/call/collator.ts";
import type { Program } from "../../protocols/program/program.ts";
import type { Stage } from "../../sim/stage.ts";
import type { StagedTroupe, StageWorld } from "../../sim/staged-troupe.ts";

export function collatorOf({ name, count }: CollatorChoice): Collator {
  return name === "quorum" ? quorum(count!) : collators[name]!;
}

/** The machine of a world with a name of the table. */
export type MachineNamed<W extends StageWorld> = (name: string) => ReturnType<W["machine"]>;

/** Puts the members on the machines of a placement. Each incarnation of a member gets a new module. */
export function putOnStage<T extends object, W extends StageWorld>(
  stage: Stage<W>,
  specification: Specification,
  { machines }: Placement,
  table: MachineTable,
  machineNamed: MachineNamed<W>,
  make: (program: Program) => T,
): StagedTroupe<T, W> {
  const name = specification.configuration.name ?? "troupe";
  const { ordering } = specification.configuration;
  return stage.troupe(name, make, machines.length, {
    ordering,
    machine: (index) => machineNamed(table.names[machines[index]!]!),
  });
}
