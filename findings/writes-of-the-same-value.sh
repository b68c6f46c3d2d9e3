#!/bin/sh
# Guess: of two concurrent writes to a key of a replicated map, the one of the replica with the greater id wins, in each library by its own rule but
# always by a rule over writes.
#
# Behaviour: a write of the number that the key already has is no write at all in two of three libraries. The key is 1 at both replicas. The first
# writes 0, the second (which wins each tie between two writes) concurrently writes 1 again.
# - yjs 13.6.33: 1 at both.
# - @automerge/automerge 3.5.0 and loro-crdt 1.17.1: 0 at both. The second write leaves nothing to send. A text that is written again is a write in
#   automerge, and none in loro.
#
# Why it matters: the renewal of a lease, a vote that confirms the present leader, or a heartbeat with the same state is lost, and a
# test that writes other values each time does not find it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @automerge/automerge@3.5.0 yjs@13.6.33 loro-crdt@1.17.1 > /dev/null
cat > writes.mjs <<'JS'
import { change, clone, from, merge } from "@automerge/automerge";
import { LoroDoc } from "loro-crdt";
import { Doc, applyUpdate, encodeStateAsUpdate } from "yjs";
const by = {
  yjs: (before, down, again) => {
    const docs = [1, 2].map((id) => Object.assign(new Doc(), { clientID: id }));
    const exchange = () => {
      const updates = docs.map((doc) => encodeStateAsUpdate(doc));
      docs.forEach((doc, i) => applyUpdate(doc, updates[1 - i]));
    };
    docs[0].getMap("m").set("state", before);
    exchange();
    docs[0].getMap("m").set("state", down);
    docs[1].getMap("m").set("state", again);
    exchange();
    return docs.map((doc) => doc.getMap("m").get("state"));
  },
  automerge: (before, down, again) => {
    const first = from({ state: before }, "aa");
    const second = clone(first, "bb");
    const docs = [change(first, (doc) => void (doc.state = down)), change(second, (doc) => void (doc.state = again))];
    return docs.map((doc, i) => merge(clone(doc), clone(docs[1 - i])).state);
  },
  loro: (before, down, again) => {
    const docs = [1n, 2n].map((id) => {
      const doc = new LoroDoc();
      doc.setPeerId(id);
      return doc;
    });
    const exchange = () => {
      const updates = docs.map((doc) => doc.export({ mode: "update" }));
      docs.forEach((doc, i) => doc.import(updates[1 - i]));
    };
    const write = (doc, value) => {
      doc.getMap("m").set("state", value);
      doc.commit();
    };
    write(docs[0], before);
    exchange();
    write(docs[0], down);
    write(docs[1], again);
    exchange();
    return docs.map((doc) => doc.getMap("m").get("state"));
  },
};
const seen = Object.entries(by).map(([library, run]) => {
  const [other, same, texts] = [run(1, 0, 2), run(1, 0, 1), run("up", "down", "up")];
  console.log(`${library}: 0 against 2 is ${other.join(" and ")}; 0 against 1 again is ${same.join(" and ")}; down against up again is ${texts.join(" and ")}`);
  return [...other, ...same, ...texts].join();
});
if (seen.join(" ") !== "2,2,1,1,up,up 2,2,0,0,up,up 2,2,0,0,down,down") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node writes.mjs
