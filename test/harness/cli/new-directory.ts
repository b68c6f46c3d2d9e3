/** Tests that write into the current directory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs the tests of the present suite in a new directory, which is removed after them: one for all, or one for `each`.
 */
export function inNewDirectory(each = false): void {
  const home = process.cwd();
  let directory = "";
  const enter = (): void => {
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
    process.chdir(directory);
  };
  const leave = (): void => {
    process.chdir(home);
    rmSync(directory, { recursive: true });
  };
  if (each) {
    beforeEach(enter);
    afterEach(leave);
  } else {
    before(enter);
    after(leave);
  }
}
