/** Runs the commands of README.md, as a reader would: every line of a code block of language sh. */
import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What .ci/run does anyway. */
const done = new Set(["npm ci && npm run demo", "npm test"]);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block]) => block.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter((line) => line !== "" && !done.has(line));
if (commands.length < 4) throw new Error(`README.md has only ${commands.length} commands: is it read correctly?`);
for (const command of commands) {
  console.log(`$ ${command}`);
  execSync(command, { stdio: "inherit", timeout: 300_000 });
}
