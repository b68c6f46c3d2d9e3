#!/bin/sh
# Guess: a parser of JSON that keeps whole numbers beyond 2^53 treats fractions as JSON.parse does.
#
# Behaviour (json-bigint 1.0.0): each number that is written with more than fifteen characters is great to it, also 3.141592653589793, which JSON.stringify writes for
# Math.PI. By default it becomes an object (BigNumber): typeof is "object", and 1 + x is the text "13.141592653589793". With useNativeBigInt the parser
# throws "Cannot convert 3.141592653589793 to a BigInt", so a document with one such fraction cannot be read. 0.1 and 1e21 are numbers in both.
#
# Why it matters: results are read with it for the sake of 64-bit seeds. Most computed fractions have sixteen digits or more: their sum is a long text,
# while the round figures of a test pass.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund json-bigint@1.0.0 > /dev/null
cat > fractions.cjs <<'JS'
const bigint = require("json-bigint");
const native = bigint({ useNativeBigInt: true });
const read = (parser, text) => {
  try {
    const { x } = parser.parse(text);
    return `${typeof x} ${x}, 1 + x is ${typeof x === "bigint" ? 1n + x : 1 + x}`;
  } catch (error) {
    return `throws: ${error.message}`;
  }
};
const seen = [9007199254740993n, 0.1, Math.PI, 0.1 + 0.2].map((x) => {
  const text = `{"x":${x}}`;
  const pair = [read(bigint, text), read(native, text)];
  console.log(`${text}: ${pair[0]}; with useNativeBigInt ${pair[1]}`);
  return pair;
});
const computed = Array.from({ length: 1000 }, (_, i) => JSON.stringify(Math.sqrt(i + 2) / 7)).filter((text) => text.length > 15).length;
console.log(`of 1000 computed fractions ${computed} are written with more than fifteen characters`);
const [whole, tenth, pi] = seen;
const same =
  whole[1].startsWith("bigint 9007199254740993") && tenth.every((text) => text.startsWith("number 0.1")) &&
  pi[0] === "object 3.141592653589793, 1 + x is 13.141592653589793" && pi[1].startsWith("throws") && computed > 900;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node fractions.cjs
