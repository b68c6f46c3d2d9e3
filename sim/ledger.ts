/** Counts every injected fault, and how often one had an effect: an experiment whose faults did nothing says so. */

/** One kind of fault. Its counters are its own, for whoever injects it to count up. */
export interface Fault {
  readonly name: string;
  /** How often it was injected. */
  injected: number;
  /** How often that changed anything: a crash hit a process, a partition blocked a datagram, a copy was received. */
  effective: number;
}

/** The faults of a world, each with its counters. */
export class Ledger {
  private readonly faults = new Map<string, Fault>();

  /** The counters of a kind of fault. Asking for them means that it is configured. */
  fault(name: string): Fault {
    let fault = this.faults.get(name);
    if (fault === undefined) {
      fault = { name, injected: 0, effective: 0 };
      this.faults.set(name, fault);
    }
    return fault;
  }

  /** All faults that are configured, in the order in which they were. */
  summary(): readonly Readonly<Fault>[] {
    return [...this.faults.values()].map((fault) => ({ ...fault }));
  }

  /** One sentence for each fault that is configured but never had an effect. */
  idle(): readonly string[] {
    return [...this.faults.values()]
      .filter((fault) => fault.effective === 0)
      .map(({ name, injected }) =>
        injected === 0
          ? `The fault "${name}" was configured but never occurred.`
          : `The fault "${name}" occurred ${injected === 1 ? "once" : `${injected} times`} but never had an effect.`,
      );
  }
}
