/**
 * The likelihood of what a hurried world has done: the probability (density) of it in the world as it is, over that in the world
 * as it is run. What is added up with this weight has the mean that it has in the world as it is: importance sampling.
 *
 * While spans without memory end at rate factor/mean instead of 1/mean, it grows at the sum of their (factor - 1)/mean; when one ends it
 * is divided by the factor (P. W. Glynn and D. L. Iglehart, Importance sampling for stochastic simulations, Management Science 35,
 * 1989). It is a martingale, so that each moment may count with the likelihood that it has then: what comes later would add
 * variance and nothing else.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { Engine } from "../engine/engine.ts";

export class Likelihood {
  readonly #engine: Engine;
  #value = 1;
  #time: Milliseconds = 0;
  /** Per ms. */
  #growth = 0;
  #since: Milliseconds = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Of all since the last restart. */
  get value(): number {
    this.#advance();
    return this.#value;
  }

  /** Time since the last restart, each moment times its likelihood: the integral of `value`. */
  get time(): Milliseconds {
    this.#advance();
    return this.#time;
  }

  /** What has happened so far counts no more: it is one. */
  restart(): void {
    this.#advance();
    this.#value = 1;
    this.#time = 0;
  }

  /** From now on it grows at this relative rate, per ms. */
  grow(rate: number): void {
    this.#advance();
    this.#growth = rate;
  }

  /** A span has ended, which was as many times as likely to. */
  ended(factor: number): void {
    this.#advance();
    this.#value /= factor;
  }

  #advance(): void {
    const { now } = this.#engine;
    const elapsed = now - this.#since;
    this.#since = now;
    if (this.#growth === 0) this.#time += this.#value * elapsed;
    else {
      const grown = Math.expm1(this.#growth * elapsed);
      this.#time += (this.#value * grown) / this.#growth;
      this.#value *= 1 + grown;
    }
  }
}
