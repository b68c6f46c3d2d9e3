/**
 * A ledger whose procedures make each entry in another troupe's ledger first: a replicated client whose membership
 * changes.
 */
import { firstCome, unanimous, type Collator } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/program/program.ts";
import type { Stub } from "../../../protocols/call/client/stub.ts";
import { Ledger } from "./ledger.ts";

export class Teller extends Ledger {
  readonly #program: Program;
  readonly #stubs = new Map<Collator, Stub<Ledger>>();

  constructor(program: Program, pause: (call: number) => Promise<void>) {
    super(pause);
    this.#program = program;
  }

  async #ledger(collator: Collator): Promise<Stub<Ledger>> {
    const stub = this.#stubs.get(collator) ?? (await this.#program.bind(Ledger, "ledger", { collator }));
    this.#stubs.set(collator, stub);
    return stub;
  }

  /** Two nested calls, one after the other: the order of the entries is that of the client's calls. */
  override async write(client: string, number: number): Promise<number> {
    const ledger = await this.#ledger(unanimous);
    await ledger.write(client, number);
    await ledger.mark(`${client}, written`, number);
    return super.write(client, number);
  }

  /** A nested call that is answered before all have executed it. */
  override async mark(client: string, number: number): Promise<number> {
    const ledger = await this.#ledger(firstCome);
    return super.mark(client, await ledger.mark(client, number));
  }
}
