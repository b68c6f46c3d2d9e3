#!/bin/sh
# Guess: a bundler that writes a class for an older target keeps its name, since it takes care of what programs can see.
#
# Behaviour (esbuild 0.28.2): a class that has a static field or a static block and names itself in its body is called with an underscore in front once the
# target is es2021 or older: Account.name and the name of its instances' constructor are "_Account", for an error too. Without the static field it is "Account".
# With a standard decorator the target node20 is enough: the decorator sees "Account", and the static field `kind = Account.name` holds "_Account". TypeScript
# 6.0.3 and @swc/core 1.16.22 keep the name in each case. The option keepNames of esbuild keeps it where there is no decorator.
#
# Why it matters: stubs, registries of services and errors on the wire go by the name of their class. Two programs built for two targets have two
# names for one service, and the unbundled tests pass.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund esbuild@0.28.2 typescript@6.0.3 @swc/core@1.16.22 > /dev/null
cat > names.mjs <<'JS'
import { transformSync } from "esbuild";
import ts from "typescript";
import * as swc from "@swc/core";
const sources = {
  "static field": "export class Account { static kind = Account.name; } export const seen = [Account.name, Account.kind, new Account().constructor.name];",
  "static block": "const all = []; export class Account { static { all.push(Account.name); } } export const seen = [Account.name, ...all];",
  error: "export class Timeout extends Error { static all = 0; name = Timeout.name; } export const seen = [new Timeout().name];",
  "no static field": "export class Account { me() { return Account.name; } } export const seen = [Account.name, new Account().me()];",
  decorator: "const all: string[] = []; const serve = (c: any, _: unknown) => void all.push(c.name); @serve class Account { static kind = Account.name; } export const seen = [...all, Account.kind, Account.name];",
};
const run = async (js) => (await import(`data:text/javascript,${encodeURIComponent(js)}`)).seen.join(" ");
const esbuild = (target, more = {}) => (source) => transformSync(source, { loader: "ts", target, tsconfigRaw: {}, ...more }).code;
const compilers = {
  "esbuild es2021": esbuild("es2021"),
  "esbuild es2021, keepNames": esbuild("es2021", { keepNames: true }),
  "esbuild node20": esbuild("node20"),
  "esbuild node20, keepNames": esbuild("node20", { keepNames: true }),
  "typescript es2021": (source) => ts.transpileModule(source, { compilerOptions: { target: "ES2021", module: "ESNext" } }).outputText,
  "swc es2021": (source) =>
    swc.transformSync(source, { jsc: { parser: { syntax: "typescript", decorators: true }, transform: { decoratorVersion: "2022-03" }, target: "es2021" }, module: { type: "es6" } }).code,
};
const seen = {};
for (const [compiler, compile] of Object.entries(compilers))
  for (const [kind, source] of Object.entries(sources)) {
    seen[`${compiler}, ${kind}`] = await run(compile(source));
    console.log(`${compiler}, ${kind}: ${seen[`${compiler}, ${kind}`]}`);
  }
const underscored = Object.entries(seen).filter(([, names]) => names.includes("_")).map(([what]) => what);
console.log(`with an underscore: ${underscored.join("; ")}`);
const expected = "esbuild es2021, static field; esbuild es2021, static block; esbuild es2021, error; esbuild node20, decorator";
if (underscored.join("; ") !== expected) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node names.mjs
