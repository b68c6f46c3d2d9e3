/**
 * Spans of random length that are under way: lives of machines, repairs, replacements.
 *
 * A span's length is drawn when it begins, but nothing depends on it before its end. So at any moment the rest of each can be
 * drawn anew, from the law of its length given that it is longer than its age: the future is another, with the right
 * probability. That is what branches of a simulation are made of (splitting.ts). Spans without memory can be drawn anew with
 * another mean, too: they are hurried, and the likelihood of it is kept (failure-biasing.ts).
 */
import type { Milliseconds, Random } from "../protocols/host.ts";
import { restOf, type Distribution } from "./distribution.ts";
import type { Engine, Handle } from "./engine.ts";
import { Likelihood } from "./likelihood.ts";

export interface Span {
  readonly law: Distribution;
  readonly random: Random;
  /** Before the present time, if part of it is over when it is first looked at. */
  readonly begun: Milliseconds;
  readonly end: () => void;
  handle: Handle;
  /** How many times as soon it ends as its law says. */
  factor: number;
}

/** How many times as soon spans of these laws end; those of others end when their law says. */
export type Hurry = ReadonlyMap<Distribution, number>;

export class Spans {
  readonly likelihood: Likelihood;
  private readonly engine: Engine;
  private readonly underWay = new Set<Span>();
  private hurried: Hurry = new Map();
  /** Sum of (factor - 1)/mean over all under way. */
  private excess = 0;

  constructor(engine: Engine) {
    this.engine = engine;
    this.likelihood = new Likelihood(engine);
  }

  /** Calls `end` after a time in ms that is drawn from the law. */
  begin(law: Distribution, random: Random, end: () => void): Span {
    const factor = this.hurried.get(law) ?? 1;
    return this.goOn(law, random, 0, law.draw(random) / factor, end, factor);
  }

  /** A span that has gone on for `age` ms, and of which `rest` ms are left. */
  goOn(law: Distribution, random: Random, age: Milliseconds, rest: Milliseconds, end: () => void, factor = 1): Span {
    const span = { law, random, begun: this.engine.now - age, end, handle: 0, factor };
    this.underWay.add(span);
    if (factor !== 1) this.likelihood.grow((this.excess += excessOf(span)));
    span.handle = this.engine.after(rest, this.finish, span);
    return span;
  }

  /** Its end will not come. */
  cancel(span: Span): void {
    this.engine.cancel(span.handle);
    this.drop(span);
  }

  /** Draws the rest of every span anew, in the order in which they began. */
  redraw(): void {
    for (const span of this.underWay) this.drawRest(span);
  }

  /** From now on. Throws an Error if a law has a memory: the rest of its spans would have another law than is counted. */
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
        this.drawRest(span);
      }
      this.excess += excessOf(span);
    }
    this.likelihood.grow(this.excess);
  }

  private drawRest(span: Span): void {
    const { engine } = this;
    const { law, begun, random, factor } = span;
    engine.cancel(span.handle);
    span.handle = engine.after(restOf(law, engine.now - begun, random) / factor, this.finish, span);
  }

  private drop(span: Span): void {
    this.underWay.delete(span);
    if (span.factor !== 1) this.likelihood.grow((this.excess -= excessOf(span)));
  }

  private readonly finish = (span: Span): void => {
    this.drop(span);
    if (span.factor !== 1) this.likelihood.ended(span.factor);
    span.end();
  };
}

/** By how much the rate at which the span ends is greater than its law's. */
function excessOf({ law, factor }: Span): number {
  return (factor - 1) / law.mean;
}
