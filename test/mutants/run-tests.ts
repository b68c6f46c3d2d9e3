/**
 * One process of the mutation test: runs the tests of a file up to the first that fails, and prints what came of it as
 * JSON.
 */
import Mocha from "mocha";

const mocha = new Mocha({ bail: true, timeout: 10_000, reporter: Mocha.reporters.Base });
// Mocha itself would load the file by `require`, which passes no hook.
mocha.suite.emit("pre-require", globalThis, "", mocha);
await import(process.argv[2]!);
let passed = 0;
let failed: string | undefined;
mocha
  .run(() => process.stdout.write(JSON.stringify({ passed, failed }), () => process.exit()))
  .on("pass", () => passed++)
  .on("fail", (test) => (failed ??= test.fullTitle()));
