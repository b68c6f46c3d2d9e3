#!/bin/sh
# Guess: `--lifetime -1h` hands the text "-1h" to a program, or is an error; and an option has one type for all values.
#
# Behaviour:
# - yargs 18.2.0, minimist 1.2.8, mri 1.2.0: `--lifetime -1h` is three flags, lifetime, 1 and h. With yargs the value of a declared
#   text is then "", and a program whose help is `-h` too prints that and exits with 0. `--lifetime -1` is a number in yargs and
#   two flags in the others, and `--lifetime=-1h` is a text everywhere. commander 14.0.3 takes -1h as the value.
# - yargs, undeclared: 1e3 is a number, 1e21 a text; 9007199254740991 a number, 9007199254740993 a text. Declared as a
#   number it is rounded without a word to ...992, as minimist and mri do always. The seed 0012 is a text in yargs and 12 in the others.
#
# Why it matters: a seed that is rounded is another campaign, and the manifest repeats the wrong one; a negative duration prints
# help, and a script that checks the status goes on without results.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund yargs@18.2.0 minimist@1.2.8 mri@1.2.0 commander@14.0.3 > /dev/null
cat > options.mjs <<'JS'
import { Command } from "commander";
import minimist from "minimist";
import mri from "mri";
import yargs from "yargs";
const parsers = {
  yargs: (words) => yargs(words).help(false).version(false).parse(),
  "yargs, text": (words) => yargs(words).help(false).version(false).string(["lifetime"]).parse(),
  "yargs, number": (words) => yargs(words).help(false).version(false).number(["seed"]).parse(),
  minimist: (words) => minimist(words),
  mri: (words) => mri(words),
  commander: (words) => new Command().option("--lifetime <v>").option("--seed <v>").parse(words, { from: "user" }).opts(),
};
const inputs = ["--lifetime -1h", "--lifetime=-1h", "--lifetime -1", "--seed 1e3", "--seed 1e21"];
inputs.push("--seed 9007199254740991", "--seed 9007199254740993", "--seed 0012");
for (const input of inputs) {
  for (const [name, parse] of Object.entries(parsers)) {
    const { _, $0, ...options } = parse(input.split(" "));
    console.log(`${input} | ${name} | ${JSON.stringify(options)}`);
  }
}
JS
node options.mjs | tee seen
has() { grep -qxF -e "$1" seen || { echo "changed: $1"; exit 1; }; }
has '--lifetime -1h | yargs | {"1":true,"lifetime":true,"h":true}'
has '--lifetime -1h | yargs, text | {"1":true,"lifetime":"","h":true}'
has '--lifetime -1h | minimist | {"1":true,"lifetime":true,"h":true}'
has '--lifetime -1h | mri | {"1":true,"lifetime":true,"h":true}'
has '--lifetime -1h | commander | {"lifetime":"-1h"}'
has '--lifetime=-1h | minimist | {"lifetime":"-1h"}'
has '--lifetime -1 | yargs | {"lifetime":-1}'
has '--lifetime -1 | minimist | {"1":true,"lifetime":true}'
has '--seed 1e3 | yargs | {"seed":1000}'
has '--seed 1e21 | yargs | {"seed":"1e21"}'
has '--seed 9007199254740991 | yargs | {"seed":9007199254740991}'
has '--seed 9007199254740993 | yargs | {"seed":"9007199254740993"}'
has '--seed 9007199254740993 | yargs, number | {"seed":9007199254740992}'
has '--seed 9007199254740993 | minimist | {"seed":9007199254740992}'
has '--seed 0012 | yargs | {"seed":"0012"}'
has '--seed 0012 | minimist | {"seed":12}'
