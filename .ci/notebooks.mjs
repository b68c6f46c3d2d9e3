/**
 * Executes the notebooks for Deno's kernel, and compares their outputs with the committed ones, byte by byte. Fails on a cell that throws
 * (each asserts its figures), on an output that is missing, and on an output that differs. `--update` writes the outputs instead.
 *
 * Needs Debian's jupyter-nbconvert, and `npm ci --prefix .ci/tools --ignore-scripts` for Deno: 92 MB, which no user of the package needs.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isUpdate = process.argv.includes("--update");
/** Largest notebook, so that a repository stays light and a browser shows it at once. */
const mostBytes = 350_000;
/** Deno's kernel may lose outputs on a busy machine. */
const attempts = 3;

const tools = join(root, ".ci/tools/node_modules/@deno");
const [platform] = existsSync(tools) ? readdirSync(tools) : [];
if (platform === undefined) throw new Error("Deno is not installed: npm ci --prefix .ci/tools --ignore-scripts");

const scratch = mkdtempSync(join(tmpdir(), "troupe-notebooks-"));
mkdirSync(join(scratch, "kernels/deno"), { recursive: true });
const kernel = {
  argv: [join(tools, platform, "deno"), "jupyter", "--kernel", "--conn", "{connection_file}"],
  display_name: "Deno",
  language: "typescript",
};
writeFileSync(join(scratch, "kernels/deno/kernel.json"), JSON.stringify(kernel));

/** The forms of output that a cell must have, by the function that it calls. */
const promised = [
  ["await chart(", ["application/vnd.vegalite.v6+json", "image/svg+xml", "image/png", "text/plain"]],
  ["await table(", ["text/html", "text/markdown", "text/plain"]],
];

function execute(file) {
  // Debian's own Python: another one that comes first in the path knows nothing of Debian's packages.
  const words = ["-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.record_timing=False"];
  const out = ["--ExecutePreprocessor.timeout=300", "--output-dir", scratch, file];
  const env = { ...process.env, JUPYTER_PATH: scratch, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  const { status, stderr } = spawnSync("/usr/bin/python3", [...words, ...out], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${file}: a cell failed.\n${stderr.slice(stderr.indexOf("An error occurred"))}`);
  return JSON.parse(readFileSync(join(scratch, basename(file)), "utf8")).cells;
}

/** What cells printed besides, such as warnings, each as a sentence. */
function strayIn(file, cells) {
  return cells.flatMap(({ outputs = [] }, i) => {
    const others = outputs.filter(({ output_type }) => output_type !== "display_data");
    return others.map((output) => `${file}, cell ${i + 1}: ${JSON.stringify(output.text ?? output)}`);
  });
}

/** The outputs that cells promise and do not have, each as a sentence. */
function missingIn(file, cells) {
  return cells.flatMap(({ source, outputs = [] }, i) => {
    const text = [source].flat().join("");
    const forms = promised.filter(([call]) => text.includes(call)).flatMap(([, each]) => each);
    const found = outputs.flatMap(({ data = {} }) => Object.keys(data));
    return forms.filter((form) => !found.includes(form)).map((form) => `${file}, cell ${i + 1}: no output as ${form}`);
  });
}

const files = readdirSync(join(root, "notebooks"))
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => join(root, "notebooks", name))
  .filter((file) => JSON.parse(readFileSync(file, "utf8")).metadata.kernelspec.name === "deno");
if (files.length < 3) throw new Error(`only ${files.length} notebooks: are they read correctly?`);
let failed = false;
try {
  for (const file of files.sort()) {
    const name = `notebooks/${basename(file)}`;
    const notebook = JSON.parse(readFileSync(file, "utf8"));
    let cells = [];
    let missing = [];
    for (let i = 0; i < attempts; i++) {
      cells = execute(file);
      missing = missingIn(name, cells);
      if (missing.length === 0) break;
    }
    const wrong = [...missing, ...strayIn(name, cells)];
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    let count = 0;
    const executed = notebook.cells.map((cell, i) => {
      if (cell.cell_type !== "code") return cell;
      return { ...cell, execution_count: ++count, outputs: cells[i].outputs };
    });
    const text = `${JSON.stringify({ ...notebook, cells: executed }, null, 1)}\n`;
    if (text.length > mostBytes)
      throw new Error(`${name} has ${text.length} bytes with its outputs; at most ${mostBytes}`);
    if (isUpdate) writeFileSync(file, text);
    else if (text !== readFileSync(file, "utf8")) {
      failed = true;
      const places = executed.flatMap((cell, i) =>
        JSON.stringify(cell) === JSON.stringify(notebook.cells[i]) ? [] : [i + 1],
      );
      const where = places.length === 0 ? "its form" : `cell ${places.join(", ")}`;
      console.error(`${name}: an execution gives something else than what is committed: ${where}. --update writes it.`);
      mkdirSync(join(root, "out"), { recursive: true });
      writeFileSync(join(root, "out", basename(file)), text);
    }
    console.log(`${name}: ${count} cells, ${text.length} bytes`);
  }
} finally {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true });
}
if (failed) process.exitCode = 1;
