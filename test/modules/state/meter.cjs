/** Private fields for old targets, in a file of CommonJS. */
"use strict";
const counts = new WeakMap();

class Meter {
  constructor() {
    counts.set(this, { n: 0 });
  }

  tick() {
    return ++counts.get(this).n;
  }
}

module.exports = { Meter };
