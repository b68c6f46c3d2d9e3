/**
 * Spans of random length that are under way: lives of machines, replacements.
 *
 * A span's length is drawn at its begin, but nothing depends on the length before the span ends. The rest of a
 * memoryless span can therefore be drawn anew at any moment, also with another mean. Such a span is hurried, and
 * `likelihood` records the ratio of the two laws.
 */
import type { Random } from "../../protocols/host.ts";
import type { Distribution } from "../chance/distribution.ts";
import { Likelihood } from "../chance/likelihood.ts";
import type { Engine, Handle } from "../engine/engine.ts";

interface Span {
  readonly law: Distribution;
  readonly random: Random;
  readonly end: () => void;
  handle: Handle;
  /** The span ends sooner than its law says by this factor. */
  factor: number;
}

/** The factor by which spans of these laws end sooner. Spans of other laws end when their law says. */
export type Hurry = ReadonlyMap<Distribution, number>;

export class Spans {
  readonly likelihood: Likelihood;
  private readonly engine: Engine;
  private readonly underWay = new Set<Span>();
  private hurried: Hurry = new Map();
  /** Sum of (factor - 1)/mean over all spans under way. */
  private excess = 0;

  constructor(engine: Engine) {
    this.engine = engine;
    this.likelihood = new Likelihood(engine);
  }

  /** Calls `end` after a time in ms that is drawn from the law. */
  begin(law: Distribution, random: Random, end: () => void): void {
    const span = { law, random, end, handle: 0, factor: this.hurried.get(law) ?? 1 };
    this.underWay.add(span);
    if (span.factor !== 1) this.likelihood.grow((this.excess += excessOf(span)));
    this.draw(span);
  }

  /**
   * From now on. Throws an Error if a law has a memory: the rest of its spans would have another law than is counted.
   */
  hurry(hurry: Hurry): void {
    for (const { name, memoryless } of hurry.keys()) {
      if (memoryless !== true) throw new Error(`${name} cannot be hurried: it has a memory`);
    }
    this.hurried = hurry;
    this.excess = 0;
    for (const span of this.underWay) {
      const factor = hurry.get(span.law) ?? 1;
      if (factor !== span.factor) {
        span.factor = factor;
        this.engine.cancel(span.handle);
        this.draw(span);
      }
      this.excess += excessOf(span);
    }
    this.likelihood.grow(this.excess);
  }

  private draw(span: Span): void {
    const { law, random, factor } = span;
    span.handle = this.engine.after(law.draw(random) / factor, this.finish, span);
  }

  private readonly finish = (span: Span): void => {
    this.underWay.delete(span);
    if (span.factor !== 1) {
      this.likelihood.grow((this.excess -= excessOf(span)));
      this.likelihood.ended(span.factor);
    }
    span.end();
  };
}

/** By how much the rate at which the span ends is greater than its law's. */
function excessOf({ law, factor }: Span): number {
  return (factor - 1) / law.mean;
}
