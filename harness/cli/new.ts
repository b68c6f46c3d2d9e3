/** `troupe new`: a folder of the user's own with a module or an experiment, and a test that runs. */
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import type { Argv } from "yargs";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { packageRoot } from "../package-root.ts";
import { makeDirectory } from "../store/directory.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

/** The example that is copied, with its test, and a command that uses it. */
const kinds: Readonly<Record<string, { readonly example: string; readonly use: string }>> = {
  module: { example: "bank", use: "npx troupe check bank.ts" },
  experiment: { example: "wrong-members", use: "npx troupe run wrong-members.ts --members 1,3,5" },
};

export function declareNew(yargs: Argv): Argv {
  return yargs
    .usage("$0 new experiment|module DIR\n\nWrites a folder with an experiment or a module to change, and its test.")
    .positional("kind", { describe: Object.keys(kinds).join(" or "), type: "string" })
    .positional("dir", { describe: "the folder, which must be new or empty", type: "string" })
    .example("$0 new module bank", "bank/bank.ts, a class, and a test of it as a troupe")
    .example("$0 new experiment mine", "an experiment, and a test of its figures");
}

export function newCommand(words: Words): void {
  refuseUnknown(words, undefined, ["kind", "dir", "help", "version"]);
  const [kind, path] = [textOf(words, "kind")!, textOf(words, "dir")!];
  const chosen = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (chosen === undefined) {
    const names = Object.keys(kinds);
    throw new BadData(`troupe new makes one of ${names.join(", ")}, not ${kind}.${didYouMean(kind, names)}`);
  }
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new BadData(`${path} is a file; troupe new needs a new or empty folder.`);
    const [first] = readdirSync(path);
    if (first !== undefined) throw new BadData(`${path} holds ${first}; troupe new needs a new or empty folder.`);
  }
  makeDirectory(path, path);
  const { example, use } = chosen;
  const files = [`${example}.ts`, `${example}.test.ts`];
  for (const file of files) cpSync(join(packageRoot, "examples", file), join(path, file));
  writeJson(join(path, "package.json"), packageFor(path, example));
  writeJson(join(path, "tsconfig.json"), { compilerOptions });
  const written = [...files, "package.json", "tsconfig.json"].join(", ");
  process.stdout.write(
    `${path} has ${written}. Next:\n\n  cd ${/\s/.test(path) ? JSON.stringify(path) : path}\n  npm install\n  npm test\n  ${use}\n`,
  );
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Node's types are erased, not compiled. */
const compilerOptions = {
  module: "nodenext",
  target: "es2023",
  types: ["node"],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

function packageFor(path: string, example: string): object {
  const own = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const versionOf = (name: string): string => own.devDependencies[name]!;
  const name = basename(resolve(path))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return {
    name: name === "" || name === "troupe" ? `my-${example}` : name,
    private: true,
    type: "module",
    scripts: { test: `tsc && node --import troupe/register ${example}.test.ts` },
    dependencies: { troupe: `file:${relative(realpathSync(path), packageRoot).split(sep).join("/")}` },
    devDependencies: { "@types/node": versionOf("@types/node"), typescript: versionOf("typescript") },
  };
}
