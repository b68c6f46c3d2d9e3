/**
 * The likelihood of the course of a hurried world: the probability density of the course in the true world, over its
 * density in the hurried world. A sum with this weight has the mean of the true world: importance sampling.
 *
 * While memoryless spans end at rate factor/mean instead of 1/mean, the likelihood L grows by dL/dt = L * sum of
 * (factor - 1)/mean. When a span ends, L is divided by the factor (P. W. Glynn and D. L. Iglehart, Importance sampling
 * for stochastic simulations, Management Science 35, 1989). L is a martingale: each moment may count with the
 * likelihood that it has then, since later factors would only add variance.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { Engine } from "../engine/engine.ts";

export class Likelihood {
  readonly #engine: Engine;
  #value = 1;
  #time: Milliseconds = 0;
  /** Relative growth of the likelihood, per ms. */
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

  /** Time since the last restart in ms, each moment weighted by its likelihood: the integral of `value`. */
  get time(): Milliseconds {
    this.#advance();
    return this.#time;
  }

  /** Sets the likelihood to 1: the course so far no longer counts. */
  restart(): void {
    this.#advance();
    this.#value = 1;
    this.#time = 0;
  }

  /** From now on the likelihood grows at this relative rate, per ms. */
  grow(rate: number): void {
    this.#advance();
    this.#growth = rate;
  }

  /** A span has ended that was hurried by this factor. */
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
