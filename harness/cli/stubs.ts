/** `troupe stubs`: compiles interfaces to client and server stubs. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import type { Argv } from "yargs";
import { compileCourier } from "../../languages/stubs/courier/compile.ts";
import { emit, isEmitted, type EmittedFile } from "../../languages/stubs/emit/module.ts";
import type { Program } from "../../languages/stubs/form.ts";
import { emitOptions, type Request } from "../../languages/stubs/request.ts";
import { BadData } from "../../sim/bad-data.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

const options = {
  out: { type: "string", describe: "the directory that the stubs are written to" },
  binding: {
    type: "string",
    describe: "implicit: the client calls the troupe that has the program's name; explicit: that which it is given",
    defaultDescription: "implicit",
  },
  collator: { type: "string", array: true, describe: "PROCEDURE=COLLATOR: how the results become one" },
  "argument-collator": {
    type: "string",
    array: true,
    describe: "PROCEDURE=COLLATOR: how the arguments of a replicated caller become one",
  },
  "proto-path": {
    type: "string",
    array: true,
    describe: "of .proto: where imports are found, as protoc's --proto_path",
    defaultDescription: "the files' own directories",
  },
  module: {
    type: "string",
    array: true,
    describe: "of .ts: the classes or interfaces that are meant",
    defaultDescription: "all with methods",
  },
  state: {
    type: "boolean",
    default: true,
    describe: "of .ts: --no-state leaves the state of modules out, which nobody will move",
  },
  "omit-streaming": { type: "boolean", describe: "of .proto: leave methods out that stream, instead of refusing them" },
  calls: { type: "string", array: true, describe: "procedures whose modules take the generator of arguments" },
} as const;

export function declareStubs(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 stubs <files..> --out DIR\n\nCompiles interfaces to stubs in TypeScript: Courier specifications (.cr), exported classes and interfaces (.ts), Protocol Buffers services (.proto, with protoc).",
    )
    .positional("files", { describe: "the interfaces", type: "string", array: true })
    .options(options)
    .example("$0 stubs bank.cr --out stubs", "stubs/Bank1.ts, of program Bank version 1")
    .example("$0 stubs bank.ts --out stubs --collator balance=majority", "of the class that bank.ts exports");
}

const listOf = (words: Words, name: string): string[] =>
  ((words[name] as readonly string[] | undefined) ?? []).flatMap((each) => each.split(","));

export async function stubsCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["files", ...Object.keys(options), "help", "version"]);
  const files = words["files"] as readonly string[];
  const out = textOf(words, "out");
  if (out === undefined)
    throw new BadData(`stubs needs a directory to write to: troupe stubs ${files.join(" ")} --out DIR.`);
  if (existsSync(out) && !statSync(out).isDirectory())
    throw new BadData(`--out ${out}: expected a directory, not a file.`);
  const request = requestIn(words);
  for (const file of files) {
    if (!existsSync(file)) throw new BadData(`there is no file ${file}.`);
    if (!/\.(cr|[mc]?ts|proto)$/.test(file))
      throw new BadData(
        `${file}: expected a Courier specification (.cr), TypeScript (.ts) or Protocol Buffers (.proto).`,
      );
  }
  const programs = await compile(files, words);
  const written = write(out, emit(programs, emitOptions(request, programs)));
  process.stdout.write(`${written.join("\n")}\n`);
}

function requestIn(words: Words): Request {
  const binding = textOf(words, "binding") ?? "implicit";
  if (binding !== "implicit" && binding !== "explicit")
    throw new BadData(`--binding takes implicit or explicit, not "${binding}".`);
  return {
    collators: listOf(words, "collator"),
    argumentCollators: listOf(words, "argument-collator"),
    calls: listOf(words, "calls"),
    binding,
  };
}

async function compile(files: readonly string[], words: Words): Promise<Program[]> {
  const those = (pattern: RegExp) => files.filter((file) => pattern.test(file));
  const programs = compileCourier(those(/\.cr$/));
  const scripts = those(/\.[mc]?ts$/);
  // The TypeScript compiler takes a second to load, so that it is loaded only for scripts.
  if (scripts.length > 0)
    programs.push(
      ...(await import("../../languages/stubs/typescript/compile.ts")).compileTypeScript(scripts, {
        only: listOf(words, "module"),
        state: words["state"] !== false,
      }),
    );
  const protos = those(/\.proto$/);
  if (protos.length > 0) {
    const { compileDescriptors } = await import("../../languages/stubs/protobuf/compile.ts");
    const { names, descriptors } = runProtoc(protos, listOf(words, "proto-path"));
    const path = (name: string): string => protos[names.indexOf(name)] ?? name;
    programs.push(...compileDescriptors(descriptors, names, { omitStreaming: words["omit-streaming"] === true, path }));
  }
  return programs;
}

/** Runs protoc: the descriptors of the files, and the names by which protoc calls the files. */
function runProtoc(files: readonly string[], given: readonly string[]): { names: string[]; descriptors: Uint8Array } {
  const roots = given.length > 0 ? given : [...new Set(files.map((file) => dirname(file)))];
  const names = files.map((file) => {
    const inside = roots.map((root) => relative(root, file)).filter((path) => !path.startsWith(".."));
    if (inside[0] === undefined) throw new BadData(`${file} is in no directory of --proto-path ${roots.join(", ")}.`);
    return inside[0].replaceAll(sep, "/");
  });
  const paths = roots.map((root) => `--proto_path=${root}`);
  const directory = mkdtempSync(join(tmpdir(), "troupe-protoc-"));
  try {
    const out = join(directory, "descriptors");
    const flags = ["--include_imports", "--include_source_info", `--descriptor_set_out=${out}`];
    const { status, stderr, error } = spawnSync("protoc", [...paths, ...flags, ...names]);
    if (error !== undefined)
      throw new BadData("protoc is not installed (Debian: protobuf-compiler); .proto files need it.");
    if (status !== 0) throw new BadData(stderr.toString().trim());
    return { names, descriptors: readFileSync(out) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Writes all files, or none. */
function write(out: string, files: readonly EmittedFile[]): string[] {
  const paths = files.map(({ name }) => join(out, name));
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (twice !== undefined) throw new BadData(`two programs go to ${twice}; compile them to directories of their own.`);
  for (const path of paths) {
    if (existsSync(path) && !isEmitted(readFileSync(path, "utf8")))
      throw new BadData(`${path} was not written by \`troupe stubs\`, and is left as it is; name another directory.`);
  }
  mkdirSync(out, { recursive: true });
  files.forEach(({ text }, i) => writeFileSync(paths[i]!, text));
  return paths;
}
