/** The rules of the house, as far as a program can check them: arrows between rooms, bans, sizes of files. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

const rooms = ["protocols", "languages", "sim", "udp", "search", "harness", "experiments", "examples", "test", "bench"];

function sources(): Source[] {
  return rooms
    .filter((room) => existsSync(join(root, room)))
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .toSorted((a, b) => (a < b ? -1 : 1))
        .map((file) => ({ path: join(room, file), room, text: readFileSync(join(root, room, file), "utf8") })),
    );
}

/** Code without its comments, so that a comment may name what code must not. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

const mayImport: Readonly<Record<string, readonly string[]>> = {
  protocols: [],
  languages: ["protocols"],
  sim: ["protocols"],
  udp: ["protocols", "sim"],
  search: ["protocols", "languages", "sim"],
  harness: ["protocols", "languages", "sim", "udp", "search"],
  experiments: ["protocols", "languages", "sim", "udp", "harness"],
};

/** The folders of sim/: each may import those before it, and what lies beside the folders. */
const simulator = ["engine", "chance", "network", "machine", "theory", "troupes"];
/** The folders of harness/, likewise: rows, cells and plans on the ground, and writing, running and reporting on top. */
const harness = [
  "statistics",
  "import",
  "plan",
  "results",
  "charts",
  "tables",
  "traces",
  "store",
  "run",
  "report",
  "fuzz",
  "cli",
];

/** Imports from a later folder by files of an earlier one. */
function againstOrder(all: readonly Source[], inRoom: string, folders: readonly string[]): string[] {
  const wrong: string[] = [];
  for (const { path, room, text } of all) {
    const place = folders.indexOf(path.split("/")[1]!);
    if (room !== inRoom || place < 0) continue;
    for (const [, target] of text.matchAll(/(?:from |import\()"\.\.\/([a-z]+)\//g)) {
      if (folders.indexOf(target!) > place) wrong.push(`${path} imports ${target}`);
    }
  }
  return wrong;
}

/** The folders of protocols/: each imports only from those before it. The files beside `wire` are the ground of all. */
const protocolFolders = [
  "",
  "wire",
  "wire/standard",
  "message",
  "troupe",
  "thread",
  "call",
  "call/client",
  "call/server",
  "transaction",
  "program",
  "binding",
  "binding/register",
  "binding/change",
  "binding/state",
  "binding/member",
  "binding/verbs",
  "binding/ringmaster",
];

/** Pairs of files that belong together, and so may import each other. ARCHITECTURE.md names them. */
const naturalPairs: readonly (readonly [string, string])[] = [
  // A trace event names addresses; the door takes trace events.
  ["protocols/host.ts", "protocols/trace.ts"],
  // A client has its open calls; each call knows its client.
  ["protocols/message/client-peer.ts", "protocols/message/incoming-call.ts"],
  // The parser reads clauses; clauses contain expressions, which the parser reads.
  ["languages/configuration/clauses.ts", "languages/configuration/parser.ts"],
  // A machine has its processes; each process knows its machine.
  ["sim/machine/machine.ts", "sim/machine/process.ts"],
];

/** The documents whose relative links must lead somewhere. */
function documents(): string[] {
  const fixed = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "data/README.md",
    "examples/README.md",
    "findings/README.md",
  ];
  const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  return [...fixed, ...pages.sort((a, b) => (a < b ? -1 : 1)).map((name) => `docs/${name}`)];
}

/** A document without its code, which may contain brackets that are no links. */
function proseOf(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading]) => {
      return heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
    }),
  );
}

/** Of each file, the files of the same room that it imports, types included. Paths are below the room. */
function importsWithin(room: string, all: readonly Source[]): Map<string, string[]> {
  const imports = new Map<string, string[]>();
  for (const source of all) {
    if (source.room !== room) continue;
    const targets = [...source.text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, target]) => {
      return join(dirname(source.path), target!);
    });
    const inside = targets.filter((target) => target.startsWith(`${room}/`)).map((path) => path.slice(room.length + 1));
    imports.set(source.path.slice(room.length + 1), inside);
  }
  return imports;
}

/** Everything that can be reached from a node, by one step or more. */
function reachableFrom(start: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const next = [...(graph.get(start) ?? [])];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    next.push(...(graph.get(node) ?? []));
  }
  return found;
}

describe("the house", () => {
  const all = sources();

  it("reads all source files", () => {
    assert.ok(all.length > 40, `${all.length} source files`);
  });

  it("has arrows in one direction only", () => {
    const wrong: string[] = [];
    for (const { path, room, text } of all) {
      const allowed = mayImport[room];
      if (allowed === undefined) continue;
      for (const [, target] of text.matchAll(/(?:from|import\() ?"(?:\.\.\/)+([a-z]+)\//g)) {
        if (rooms.includes(target!) && target !== room && !allowed.includes(target!))
          wrong.push(`${path} imports ${target}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("has arrows in one direction only within the simulator", () => {
    const wrong = againstOrder(all, "sim", simulator);
    for (const { path, room, text } of all) {
      const place = simulator.indexOf(path.split("/")[1]!);
      if (room !== "sim" || place < 0) continue;
      if (place < simulator.indexOf("theory") && /from "\.\.\/world\.ts"/.test(text))
        wrong.push(`${path} imports the world`);
    }
    assert.deepEqual(wrong, []);
  });

  it("has arrows in one direction only within the harness", () => {
    assert.deepEqual(againstOrder(all, "harness", harness), []);
  });

  it("has arrows in one direction only among the folders of protocols, type imports included", () => {
    const folderOf = (file: string): string => (dirname(file) === "." ? "" : dirname(file));
    const wrong: string[] = [];
    for (const [file, targets] of importsWithin("protocols", all)) {
      const place = protocolFolders.indexOf(folderOf(file));
      if (place < 0) wrong.push(`${file} lies in a folder that has no place in the order`);
      for (const target of targets) {
        const other = protocolFolders.indexOf(folderOf(target));
        if (other > place || (other < 0 && place >= 0)) wrong.push(`${file} imports ${target}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("has no circle among files but the natural pairs that ARCHITECTURE.md names, type imports included", () => {
    const circles: string[] = [];
    for (const room of rooms) {
      const imports = importsWithin(room, all);
      const reached = new Map([...imports.keys()].map((file) => [file, reachableFrom(file, imports)]));
      for (const [file, others] of reached) {
        for (const other of others) {
          if (file < other && reached.get(other)?.has(file) === true)
            circles.push(`${room}/${file} and ${room}/${other}`);
        }
      }
    }
    assert.deepEqual(
      circles,
      naturalPairs.map(([file, other]) => `${file} and ${other}`),
    );
    const architecture = readFileSync(join(root, "ARCHITECTURE.md"), "utf8").replace(/\s+/g, " ");
    for (const [file, other] of naturalPairs) {
      const named = `\`${file}\` and \`${basename(other)}\``;
      assert.ok(architecture.includes(named), `ARCHITECTURE.md does not name ${named}`);
    }
  });

  it("reaches clock and chance only through the door", () => {
    const banned =
      /\b(Math\.random|Date\.now|new Date\(\)|performance\.now|process\.hrtime|setTimeout|setInterval|setImmediate)\b/;
    const wrong = all
      .filter(({ room }) => ["protocols", "languages", "sim", "search"].includes(room))
      .filter(({ text }) => banned.test(code(text)))
      .map(({ path }) => path);
    assert.deepEqual(wrong, []);
  });

  it("sorts with a comparator, in protocols, languages and simulator", () => {
    const wrong = all
      .filter(({ room }) => ["protocols", "languages", "sim", "search"].includes(room))
      .filter(({ text }) => /(?<!this)\.(sort|toSorted)\(\)/.test(code(text)))
      .map(({ path }) => path);
    assert.deepEqual(wrong, []);
  });

  it("spreads no array into Math.max or Math.min, which take some hundred thousand arguments at the most", () => {
    const wrong: string[] = [];
    for (const { path, room, text } of all) {
      if (!["sim", "udp", "search", "harness", "experiments"].includes(room)) continue;
      if (/Math\.(max|min)\(\.\.\./.test(text)) wrong.push(path);
    }
    assert.deepEqual(wrong, []);
  });

  it("keeps protocols free of Node and of promises below the call layer", () => {
    const wrong: string[] = [];
    for (const { path, room, text } of all) {
      if (room !== "protocols") continue;
      if (/from "node:/.test(text)) wrong.push(`${path} imports Node`);
      const written = code(text).replace(/"[^"\n]*"/g, "");
      if (/protocols\/(wire|message)\//.test(path) && /\b(Promise|async|await)\b/.test(written)) {
        wrong.push(`${path} has a promise`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("keeps files short", () => {
    const wrong = all
      .filter(({ room }) => room !== "test" && room !== "bench")
      .map(({ path, text }) => ({ path, lines: text.split("\n").length }))
      .filter(({ lines }) => lines > 320)
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    assert.deepEqual(wrong, []);
  });

  it("contains no marks of unfinished work", () => {
    const mark = new RegExp(
      ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].map((word) => `\\b${word}\\b`).join("|"),
    );
    assert.deepEqual(
      all.filter(({ text }) => mark.test(text)).map(({ path }) => path),
      [],
    );
  });

  it("has every file and heading to which its documents link", () => {
    const wrong: string[] = [];
    let links = 0;
    for (const document of documents()) {
      const text = readFileSync(join(root, document), "utf8");
      for (const [, target] of proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target!)) continue;
        links++;
        const [file = "", anchor] = target!.split("#");
        const path = file === "" ? document : join(dirname(document), file);
        if (!existsSync(join(root, path))) wrong.push(`${document} links to ${path}, which does not exist`);
        else if (anchor !== undefined && !anchorsOf(readFileSync(join(root, path), "utf8")).has(anchor))
          wrong.push(`${document} links to #${anchor}, which is no heading of ${path}`);
      }
      // Files in backquotes. NAME stands for a name that the reader chooses.
      for (const [, path] of text.matchAll(/`([a-z]+\/[\w./-]+)`/g)) {
        if (!rooms.includes(path!.split("/")[0]!) || path!.includes("NAME")) continue;
        if (!existsSync(join(root, path!))) wrong.push(`${document} names ${path}, which does not exist`);
      }
    }
    assert.ok(links > 60, `${links} links`);
    assert.deepEqual(wrong, []);
  });

  it("has each file, class and function that ARCHITECTURE.md names for a rule", () => {
    const architecture = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const table = architecture.slice(architecture.indexOf("## Where is the rule?"), architecture.indexOf("## Pages"));
    const wrong: string[] = [];
    let files = 0;
    for (const row of table.split("\n").filter((line) => line.includes(".ts`"))) {
      let path = "";
      let text = "";
      // A file in backquotes, then its classes as plain words and its functions in backquotes.
      for (const [, quoted, type] of row.split("|")[2]!.matchAll(/`([^`]+)`|\b([A-Z][a-zA-Z]+)\b/g)) {
        if (quoted?.endsWith(".ts") === true) {
          files++;
          path = join("protocols", quoted);
          text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
          if (text === "") wrong.push(`${path} does not exist`);
        } else if (type !== undefined && !text.includes(`class ${type} `)) wrong.push(`${path} has no class ${type}`);
        else if (
          quoted !== undefined &&
          !new RegExp(`^ *(?:export )?(?:async )?(?:function |const |get )?${quoted}\\b`, "m").test(text)
        )
          wrong.push(`${path} has no function ${quoted}`);
      }
    }
    assert.ok(files > 15, `${files} files`);
    assert.deepEqual(wrong, []);
  });

  it("has each file that the glossary names as the owner of a word", () => {
    const glossary = readFileSync(join(root, "docs/glossary.md"), "utf8");
    const owners = [...glossary.matchAll(/`([a-z/-]+\.ts)`/g)].map(([, file]) => file!);
    assert.ok(owners.length > 40, `${owners.length} words`);
    assert.deepEqual(
      owners.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });

  it("has five examples of fewer than 60 lines, each with a command in their README", () => {
    const text = readFileSync(join(root, "examples/README.md"), "utf8");
    const table = [...text.matchAll(/^\| \[([a-z-]+\.ts)\]/gm)].map(([, file]) => file!);
    assert.equal(table.length, 5);
    const commands = text.slice(text.indexOf("```sh"));
    for (const file of table) {
      const lines = readFileSync(join(root, "examples", file), "utf8")
        .trimEnd()
        .split("\n").length;
      assert.ok(lines < 60, `examples/${file} has ${lines} lines`);
      const isNamed =
        commands.includes(`examples/${file}`) || commands.includes(`examples/${file.replace(".ts", ".test.ts")}`);
      assert.ok(isNamed, `examples/README.md has no command for ${file}`);
    }
  });

  it("shows the example in the README as it is", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const example = readFileSync(join(root, "examples/wrong-members.ts"), "utf8");
    assert.ok(readme.includes(example.trim()), "README.md: the first experiment is not examples/wrong-members.ts");
  });
});
