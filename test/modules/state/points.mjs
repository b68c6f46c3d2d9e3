/** Classes of a file of plain JavaScript, which another file imports. */
export class Point {
  #y;
  constructor(x, y) {
    this.x = x;
    this.#y = y;
  }
  norm() {
    return Math.abs(this.x) + Math.abs(this.#y);
  }
  minus(other) {
    return new Point(this.x - other.x, this.#y - other.#y);
  }
}

export class Segment {
  constructor(from, to) {
    this.from = from;
    this.to = to;
  }
  length() {
    return this.to.minus(this.from).norm();
  }
}
