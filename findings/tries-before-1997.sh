#!/bin/sh
# Guess: the Merkle trees of two replicas tell a time at or before the first message that one of them lacks, whatever the clock by which the messages were stamped.
#
# Behaviour (@actual-app/crdt 3.1.3, merkle.diff): the tree has a branch for each digit of the minute, to the base 3 and without zeros in front, and a time is read back from a branch as if it had
# sixteen digits. Minutes have sixteen digits from April 1997 to November 2051. Of fifty messages from 1998 or 2026 on, seven seconds apart, a missing one is found to the minute. From 1970,
# 1980 or 1996 on, the time that is told lies some 20 to 55 years after all messages; only the very first minute of 1970 is found. From 2060 on, diff throws a RangeError. Equal trees are told to be equal in
# all these years.
#
# Why it matters: a simulation stamps messages by a virtual clock from 0. The replica sends what is newer than the time told, which is nothing; the replicas stay apart, and know it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @actual-app/crdt@3.1.3 > /dev/null
cat > tries.mjs <<'JS'
import { Timestamp, merkle } from "@actual-app/crdt";

const tree = (stamps) => stamps.reduce((all, stamp) => merkle.insert(all, stamp), merkle.emptyTrie());
const date = (time) => new Date(time).toISOString().slice(0, 16);

/** What is told of fifty messages from the year on, of which the second tree lacks one: whether the missing one is among those from the time told on. */
function lacking(year, missing) {
  const start = Date.UTC(year, 0, 1);
  const stamps = Array.from({ length: 50 }, (_, i) => new Timestamp(start + 7000 * i, 0, "a".repeat(16)));
  const there = stamps.filter((_, i) => i !== missing);
  if (merkle.diff(tree(stamps), tree(stamps)) !== null) return "different from itself";
  try {
    const told = merkle.diff(tree(stamps), tree(there));
    const sent = stamps.filter((stamp) => stamp.millis() >= told).length;
    console.log(`missing ${date(stamps[missing].millis())}, told ${date(told)}: ${sent} messages are sent`);
    return sent === 0 ? "none" : stamps[missing].millis() >= told ? "sent" : "others only";
  } catch (error) {
    console.log(`missing ${date(stamps[missing].millis())}: ${error}`);
    return error.name;
  }
}
const seen = [1970, 1980, 1996, 1998, 2026, 2060].map((year) => [year, lacking(year, 20), lacking(year, 49)].join(" ")).join("; ");
const first = lacking(1970, 0);
const expected = "1970 none none; 1980 none none; 1996 none none; 1998 sent sent; 2026 sent sent; 2060 RangeError RangeError";
if (seen !== expected || first !== "sent") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node tries.mjs
