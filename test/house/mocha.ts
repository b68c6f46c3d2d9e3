/** Runs of mocha on fixtures that leave something behind. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs mocha as `npm test` does, on fixtures, in the order given. */
export function mocha(
  fixtures: readonly string[],
  ...modes: string[]
): { readonly status: number | null; readonly output: string } {
  const specs = fixtures.map((name) => `dist/test/house/fixtures/${name}.js`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/mocha/bin/mocha.js", ...modes, ...specs],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  return { status, output: stdout + stderr };
}

export const nobodyWaits = /nobody waits for: Error: left alone/;
