#!/bin/sh
# Guess: a number that is put into a document comes out as the same number, since the document stores 64-bit floats.
#
# Behaviour (@automerge/automerge 3.5.0): a whole number above 0 is stored as an integer. From 2^53 - 1 on, which is Number.MAX_SAFE_INTEGER, it comes out as a
# bigint, and beyond 2^63 as 9223372036854775807n: so do 1e19, 1e300 and Number.MAX_VALUE. -1e300, Infinity and fractions are kept. yjs 13.6.33 and
# loro-crdt 1.17.1 keep all of them.
#
# Why it matters: with "no deadline" as the greatest number, `deadline - now` throws a TypeError at the replica that reads the document, not at the one that
# wrote it; and all weights, products and hashes beyond 2^63 are equal.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @automerge/automerge@3.5.0 yjs@13.6.33 loro-crdt@1.17.1 > /dev/null
cat > numbers.mjs <<'JS'
import { from, load, save } from "@automerge/automerge";
import { LoroDoc } from "loro-crdt";
import { Doc, applyUpdate, encodeStateAsUpdate } from "yjs";
const by = {
  automerge: (x) => load(save(from({ x }))).x,
  yjs: (x) => {
    const [here, there] = [new Doc(), new Doc()];
    here.getMap("m").set("x", x);
    applyUpdate(there, encodeStateAsUpdate(here));
    return there.getMap("m").get("x");
  },
  loro: (x) => {
    const [here, there] = [new LoroDoc(), new LoroDoc()];
    here.getMap("m").set("x", x);
    here.commit();
    there.import(here.export({ mode: "snapshot" }));
    return there.getMap("m").get("x");
  },
};
const numbers = [2 ** 53 - 1, 2 ** 53, 1e19, 1e300, -1e300, Infinity, 0.1];
const seen = {};
for (const [library, through] of Object.entries(by)) {
  seen[library] = numbers.map(through);
  console.log(`${library}: ${numbers.map((x, i) => `${x} is ${typeof seen[library][i]} ${seen[library][i]}`).join(", ")}`);
}
const kept = (read) => read.every((x, i) => Object.is(x, numbers[i]));
const [safe, first, great, greater, less, infinity, fraction] = seen.automerge;
const same =
  kept(seen.yjs) && kept(seen.loro) && safe === 2n ** 53n - 1n && first === 2n ** 53n && great === 2n ** 63n - 1n && greater === great &&
  less === -1e300 && infinity === Infinity && fraction === 0.1;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node numbers.mjs
