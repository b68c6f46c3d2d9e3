/** A class that a function makes from another one. */
const Timed = (Base) =>
  class extends Base {
    #ticks = 0;
    tick() {
      return ++this.#ticks;
    }
    get ticks() {
      return this.#ticks;
    }
  };
class Plain {
  n = 1;
}
class Clock extends Timed(Plain) {}

export class Mixed extends Timed(Plain) {
  clock = new Clock();
  change(k) {
    this.n += k;
    this.tick();
    this.clock.tick();
  }
  look() {
    return [this.n, this.ticks, this.clock.ticks, this.clock instanceof Clock].join();
  }
}
