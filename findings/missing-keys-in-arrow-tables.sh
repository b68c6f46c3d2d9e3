#!/bin/sh
# Guess: when rows of objects become a table of Apache Arrow, a key that a row does not have is a null of its column, as a key with null is.
#
# Behaviour (apache-arrow 21.2.0, tableFromJSON): a key with null is a null. A key that is missing is a value: false in a column of Booleans, NaN in a
# column of numbers, the empty text in a column of texts. The count of nulls is 1 for two rows without a value, also behind a file (tableToIPC and back).
#
# Why it matters: events of a simulation have other fields for each kind. A column "delivered" is then false for each event that is no message, a mean is NaN,
# and no count of nulls shows that something is missing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund apache-arrow@21.2.0 > /dev/null
cat > missing.mjs <<'JS'
import { tableFromIPC, tableFromJSON, tableToIPC } from "apache-arrow";
const rows = [{ delivered: true, wait: 1, host: "a" }, {}, { delivered: null, wait: null, host: null }];
const table = tableFromIPC(tableToIPC(tableFromJSON(rows)));
const seen = ["delivered", "wait", "host"].map((name) => {
  const column = table.getChild(name);
  console.log(`${name}: ${column.nullCount} null in [${[...column].map((value) => JSON.stringify(value) + (Number.isNaN(value) ? " (NaN)" : "")).join(", ")}]`);
  return [column.nullCount, column.get(1), column.get(2)];
});
const same =
  seen.every(([nulls, , third]) => nulls === 1 && third === null) && seen[0][1] === false && Number.isNaN(seen[1][1]) && seen[2][1] === "";
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node missing.mjs
