/** Refuses a module whose state no newcomer could receive: before the first call, and not when a newcomer comes. */
import type { Interface } from "../../call/interface.ts";
import { StateWriter } from "../../call/module-state.ts";
import type { Program } from "../../program/program.ts";

/** @throws TypeError for a state that cannot be externalized, with the field and the remedy */
export async function checkState(program: Program, module: object, type: Interface | undefined): Promise<void> {
  const state = new StateWriter(module, type?.state);
  for (; !state.step(); state.drain()) await program.sleep(0);
}
