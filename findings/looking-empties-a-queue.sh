#!/bin/sh
# Guess: `[...queue]` and `for (const event of queue)` show what a priority queue holds and leave it as it is, as with each built-in collection.
#
# Behaviour: both take every element out, in order.
# - heap-js 2.7.1: after `[...heap]` its length is 0.
# - @datastructures-js/priority-queue 6.4.0: after `[...queue]` its size is 0. toArray() leaves the queue as it is.
#
# Why it matters: a line that logs or counts the pending events, or `new Set(queue)`, ends the simulation, and it ends as one does that has no
# more events: without an error.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund heap-js@2.7.1 @datastructures-js/priority-queue@6.4.0 > /dev/null
cat > looking.cjs <<'JS'
const { Heap } = require("heap-js");
const { PriorityQueue } = require("@datastructures-js/priority-queue");
const compare = (a, b) => a - b;
const heap = new Heap(compare);
const queue = new PriorityQueue(compare);
for (const time of [3, 1, 2]) heap.push(time), queue.enqueue(time);
const copied = [heap.toArray().length, heap.length, queue.toArray().length, queue.size()];
const listed = [[...heap], [...queue]];
console.log(`after toArray(): ${copied[1]} and ${copied[3]} left; [...]: ${listed.join(" and ")}; then ${heap.length} and ${queue.size()} left`);
if (copied.join() !== "3,3,3,3" || listed.join() !== "1,2,3,1,2,3" || heap.length !== 0 || queue.size() !== 0) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node looking.cjs
