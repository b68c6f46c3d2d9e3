/**
 * Spans of random length that are under way: lives of machines, repairs, replacements.
 *
 * A span's length is drawn when it begins, but nothing depends on it before its end. So at any moment the rest of each can be
 * drawn anew, from the law of its length given that it is longer than its age: the future is another, with the right
 * probability. That is what branches of a simulation are made of (splitting.ts).
 */
import type { Milliseconds, Random } from "../protocols/host.ts";
import { restOf, type Distribution } from "./distribution.ts";
import type { Engine, Handle } from "./engine.ts";

export interface Span {
  readonly law: Distribution;
  readonly random: Random;
  /** Before the present time, if part of it is over when it is first looked at. */
  readonly begun: Milliseconds;
  readonly end: () => void;
  handle: Handle;
}

export class Spans {
  private readonly engine: Engine;
  private readonly underWay = new Set<Span>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Calls `end` after a time in ms that is drawn from the law. */
  begin(law: Distribution, random: Random, end: () => void): Span {
    return this.goOn(law, random, 0, law.draw(random), end);
  }

  /** A span that has gone on for `age` ms, and of which `rest` ms are left. */
  goOn(law: Distribution, random: Random, age: Milliseconds, rest: Milliseconds, end: () => void): Span {
    const span = { law, random, begun: this.engine.now - age, end, handle: 0 };
    this.underWay.add(span);
    span.handle = this.engine.after(rest, this.finish, span);
    return span;
  }

  /** Its end will not come. */
  cancel(span: Span): void {
    this.engine.cancel(span.handle);
    this.underWay.delete(span);
  }

  /** Draws the rest of every span anew, in the order in which they began. */
  redraw(): void {
    const { engine } = this;
    for (const span of this.underWay) {
      engine.cancel(span.handle);
      span.handle = engine.after(restOf(span.law, engine.now - span.begun, span.random), this.finish, span);
    }
  }

  private readonly finish = (span: Span): void => {
    this.underWay.delete(span);
    span.end();
  };
}
