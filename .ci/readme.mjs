/**
 * Runs the commands of README.md and of the pages in `pages`, as a reader would: each code block of language sh in a shell of its own, line by line.
 * A command that fails ends the run, and so does one that does not print what its comment says: `# prints 100`. What a
 * block has left running in the background is killed at its end. What blocks of language text show must have been printed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** What .ci/run does anyway. */
const done = new Set(["npm ci && npm run demo", "npm test"]);

/** Longest time in ms for one block. */
const patience = 600_000;

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A line of a block, as a line of a script that tells what it does and checks what it prints. */
function scriptLine(file, line) {
  const [, command, comment = ""] = /^(.*?)(?:\s+#\s*(.*))?$/.exec(line);
  const [, expected] = /^prints (.*)$/.exec(comment) ?? [];
  const told = `echo ${quoted(`$ ${line}`)}`;
  if (expected === undefined) return `${told}\n${command}`;
  const failed = `echo ${quoted(`${file}: expected ${expected}, from ${command}`)} >&2; exit 1;`;
  return `${told}\nprinted=$(${command})\necho "$printed"\n[ "$printed" = ${quoted(expected)} ] || { ${failed} }`;
}

async function runBlock(file, lines) {
  const script = ["set -e", ...lines.map((line) => scriptLine(file, line))].join("\n");
  // Detached: the shell and all that it starts are one group of processes, which can be killed together.
  const shell = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  let printed = "";
  shell.stdout.on("data", (data) => {
    process.stdout.write(data);
    printed += String(data);
  });
  const closed = once(shell, "close");
  const timer = setTimeout(() => process.kill(-shell.pid, "SIGKILL"), patience);
  const [status, signal] = await once(shell, "exit");
  clearTimeout(timer);
  try {
    process.kill(-shell.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error; // Nothing was left.
  }
  if (status !== 0) throw new Error(`${file}: a command failed (${signal ?? `status ${status}`})`);
  await closed;
  return printed.split("\n");
}

const pages = [
  "README.md",
  "examples/README.md",
  "docs/running-experiments.md",
  "docs/real-programs.md",
  "docs/data.md",
  "docs/campaigns.md",
  "docs/traces.md",
  "docs/reports.md",
];

for (const file of pages) {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  const blocksOf = (language) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))]
      .map(([, block]) => block.split("\n").filter((line) => line !== "" && !done.has(line)))
      .filter((lines) => lines.length > 0);
  const blocks = blocksOf("sh");
  const count = blocks.flat().length;
  if (count < 1) throw new Error(`${file} has only ${count} commands: is it read correctly?`);
  const printed = new Set();
  for (const lines of blocks) for (const line of await runBlock(file, lines)) printed.add(line);
  for (const line of blocksOf("text").flat()) {
    if (!printed.has(line)) throw new Error(`${file} shows "${line}", and no command has printed it`);
  }
}
