"use strict";
/** A class as it was written before there were classes, in a CommonJS file. */
function Old(name) {
  this.name = name;
  this.items = [];
}
Old.prototype.add = function (item) {
  this.items.push(item);
};
Old.prototype.sum = function () {
  return this.items.reduce((sum, item) => sum + item, 0);
};
module.exports = Old;
