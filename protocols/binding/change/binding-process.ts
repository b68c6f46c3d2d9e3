/**
 * What all binding verbs of one process share: access to the Ringmaster and to other processes, and the offices held.
 */
import type { Stub } from "../../call/client/stub.ts";
import { CallError } from "../../errors.ts";
import type { Address, Milliseconds, Random } from "../../host.ts";
import type { Program } from "../../program/program.ts";
import type { BindingOptions } from "../options.ts";
import { Consensus } from "../register/consensus.ts";
import { processIdOf, sameProcess, type ProcessId, type Registration } from "../register/register.ts";
import { MemberProcedures, processTroupe, type Memberships } from "./member-procedures.ts";

export class BindingProcess {
  readonly program: Program;
  readonly options: BindingOptions;
  readonly consensus: Consensus;
  readonly life: ProcessId;
  readonly random: Random;
  /** The terms of the offices that this process holds, by base. */
  readonly offices = new Map<number, number>();

  constructor(program: Program, ringmaster: readonly Address[], options: BindingOptions, memberships: Memberships) {
    this.program = program;
    this.options = options;
    this.life = processIdOf(program.host);
    this.random = program.host.random.fork("binding");
    this.consensus = new Consensus(program, ringmaster, options);
    program.export(new MemberProcedures(memberships, this.offices), { troupe: processTroupe(this.life) });
  }

  /**
   * The first epoch of a troupe that this process founds. Where a Ringmaster may have died, an earlier troupe of the
   * name may have had small epochs, and no troupe ID may stand for two memberships.
   */
  get firstEpoch(): number {
    return this.options.grace === 0 ? 1 : 1 + Math.floor(this.random.next() * 2 ** 19);
  }

  /**
   * A stub for the procedures of one process. A call fails with CallError "stale-binding" or "unknown-procedure" if a
   * later process answers at the same address, and with CallError "troupe-unavailable" if no process answers.
   */
  at(life: ProcessId, timeout?: Milliseconds): Stub<MemberProcedures> {
    return this.program.import(MemberProcedures, processTroupe(life), {
      fixed: true,
      ...(timeout === undefined ? {} : { timeout }),
    });
  }
}

/** The answer of one process, or "silent" if the call failed with a CallError. */
export async function orSilent<T>(answer: Promise<T>): Promise<T | "silent"> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CallError) return "silent";
    throw error;
  }
}

/** Whether the coordinator that the register names is alive and still knows its office. */
export async function holdsOffice(
  process: BindingProcess,
  base: number,
  { coordinator, term }: Registration,
): Promise<boolean> {
  if (coordinator === null) return false;
  if (sameProcess(coordinator, process.life)) return process.offices.get(base) === term;
  return (await orSilent(process.at(coordinator).holdsOffice(base, term))) === true;
}
