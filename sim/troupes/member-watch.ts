/** Learns from the Ringmaster which members of a troupe are gone, as whoever replaces them does. */
import { orSilent } from "../../protocols/binding/change/binding-process.ts";
import { includesProcess, type ProcessId } from "../../protocols/binding/register/register.ts";
import type { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { Program } from "../../protocols/program/program.ts";

export interface MemberWatch {
  /** Of the troupe. */
  readonly name: string;
  /** The wait before the next question. */
  readonly pause: () => Milliseconds;
  /** The process that runs in each place now, or ran there last. */
  readonly lives: () => readonly ProcessId[];
  /** A process that lived does not live any more. */
  readonly gone: (place: number) => void;
}

/**
 * Asks the Ringmaster repeatedly which members live. A member is gone when a majority of the Ringmaster takes it
 * for dead. It may still be registered, since it can be dropped only while another member is there to go on.
 */
export async function watchMembers(
  program: Program,
  binding: RingmasterBinding,
  { name, pause, lives, gone }: MemberWatch,
): Promise<never> {
  const present = new Map<number, number>();
  for (;;) {
    await program.sleep(pause());
    const living = await orSilent(binding.lookupLiving(name));
    if (living === "silent") continue;
    for (const [place, life] of lives().entries()) {
      if (includesProcess(living, life)) present.set(place, life.incarnation);
      else if (present.get(place) === life.incarnation) {
        present.delete(place);
        gone(place);
      }
    }
  }
}
