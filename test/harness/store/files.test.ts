import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { isTemporary, makeDirectory, systemReason, writeWhole } from "../../../harness/store/directory.ts";
import type { Identity } from "../../../harness/store/identity.ts";
import { Journal, readJournal, type Head } from "../../../harness/store/journal.ts";
import { lock } from "../../../harness/store/lock.ts";
import { readManifest } from "../../../harness/store/manifest.ts";
import type { Row } from "../../../harness/plan/row.ts";

const cell = { wait: 1000, kind: "a" };
const row: Row = { replication: 0, observations: { mean: 1 }, series: {}, remarks: [] };
const identity = {
  experiment: "subject",
  seed: "1",
  code: { hash: "0", files: {}, unseen: [] },
} as unknown as Identity;
const head: Head = {
  identity,
  command: "troupe run subject",
  cells: [cell],
  replications: 3,
  precision: null,
  maxReplications: 3,
  replaces: true,
  accepted: {},
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "troupe-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("files of a run", () => {
  it("are written whole, and leave no temporary file", () => {
    writeWhole(directory, "a.txt", "one");
    writeWhole(directory, "a.txt", "two");
    assert.deepEqual(readdirSync(directory), ["a.txt"]);
    assert.equal(readFileSync(join(directory, "a.txt"), "utf8"), "two");
    assert(isTemporary(".a.txt.12.tmp") && !isTemporary("a.txt") && !isTemporary(".a.tmp"));
  });

  it("go into a directory that is made level by level, or refused", () => {
    makeDirectory(join(directory, "a/b/c"));
    writeFileSync(join(directory, "file"), "");
    assert.throws(() => makeDirectory(join(directory, "file")), /^BadData: --out .*file: that is not a directory\.$/);
    assert.throws(() => makeDirectory(join(directory, "file/x")), /--out .*file\/x: that is not a directory\.$/);
  });

  it("are refused by the system for a reason that is half a sentence", () => {
    assert.equal(systemReason(Object.assign(new Error(), { code: "ENOSPC", syscall: "write" })), "the disk is full");
    assert.equal(
      systemReason(Object.assign(new Error(), { code: "EODD", syscall: "write" })),
      "write failed with EODD",
    );
    assert.equal(systemReason(new TypeError("a mistake")), undefined);
  });
});

describe("a journal", () => {
  it("keeps each row, whatever comes after, and tells what computed it", () => {
    const journal = new Journal(directory, head, false);
    journal.append({ cell, row });
    journal.append({ cell, row: { ...row, replication: 1 } });
    journal.close();
    appendFileSync(join(directory, "journal.jsonl"), '{"cell":{"wait":10'); // Killed while writing.
    const kept = readJournal(directory)!;
    assert.deepEqual(kept, [
      {
        head,
        entries: [
          { cell, row },
          { cell, row: { ...row, replication: 1 } },
        ],
      },
    ]);

    const second = { ...head, replaces: false };
    const resumed = new Journal(directory, second, true);
    resumed.append({ cell, replication: 2, thrown: { name: "Error", message: "no", stack: "no" } });
    resumed.close();
    const sections = readJournal(directory)!;
    assert.deepEqual(
      sections.map(({ entries }) => entries.length),
      [2, 1],
    );
    assert.deepEqual(sections[1]!.head, second);
    resumed.remove();
    assert.equal(readJournal(directory), undefined);
  });

  it("forgets when it is begun anew; a damaged one is refused; an empty one is none", () => {
    const path = join(directory, "journal.jsonl");
    new Journal(directory, head, false).append({ cell, row });
    new Journal(directory, head, false).close();
    assert.equal(readJournal(directory)![0]!.entries.length, 0);
    writeFileSync(path, `${JSON.stringify(head)}\nnot json\n`);
    assert.throws(
      () => readJournal(directory),
      /journal\.jsonl is damaged or of an earlier version: --overwrite drops/,
    );
    writeFileSync(path, '{"torn');
    assert.equal(readJournal(directory), undefined);
  });
});

describe("a manifest", () => {
  it("of something else is refused", () => {
    assert.equal(readManifest(directory), undefined);
    writeFileSync(join(directory, "manifest.json"), '{"experiment": 3}');
    assert.throws(() => readManifest(directory), /manifest\.json is not a manifest of troupe: .* at experiment\.$/);
    writeFileSync(join(directory, "manifest.json"), "no");
    assert.throws(() => readManifest(directory), /manifest\.json is not a manifest of troupe: .*\.$/);
  });
});

describe("the lock of a directory", () => {
  const claim = (host: string, pid: number, start = "") => join(directory, `.lock-${host}+${pid}+${start}`);

  it("is given back, and refuses a second writer by process and host", async () => {
    const release = await lock(directory);
    assert.equal(readdirSync(directory).length, 1);
    await assert.rejects(lock(directory), /is being written by this very process\.$/);
    release();
    assert.deepEqual(readdirSync(directory), []);

    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    writeFileSync(claim(hostname(), other.pid!), "");
    await assert.rejects(lock(directory), new RegExp(`is being written by process ${other.pid}\\.$`));
    // It is nobody's once its process is gone, or is another with the same number.
    const start = readdirSync(directory).length;
    other.kill("SIGKILL");
    await once(other, "close");
    (await lock(directory))();
    assert.equal(start, 1);
    assert.deepEqual(readdirSync(directory), []);
    if (existsSync("/proc/self/stat")) {
      writeFileSync(claim(hostname(), process.ppid, "17"), "");
      (await lock(directory))();
    }
    writeFileSync(claim("elsewhere", 12), "");
    const sentence =
      /is being written by process 12 on elsewhere\. If that has ended, remove .*\.lock-elsewhere\+12\+\.$/;
    await assert.rejects(lock(directory), sentence);
    assert.deepEqual(readdirSync(directory), [".lock-elsewhere+12+"]);
  });

  it("is had by one of many at most, however they come", async function () {
    this.timeout(30_000);
    const module = new URL("../../../harness/store/lock.js", import.meta.url).href;
    // Each that has the lock says so, and looks whether another has it.
    const script = `
      import { lock } from ${JSON.stringify(module)};
      import { openSync, closeSync, rmSync } from "node:fs";
      const [directory] = process.argv.slice(1);
      for (let i = 0; i < 40; i++) {
        let release;
        try { release = await lock(directory); } catch (error) { if (error.name !== "BadData") throw error; continue; }
        try { closeSync(openSync(directory + "/inside", "wx")); } catch { console.log("two at once"); }
        rmSync(directory + "/inside", { force: true });
        release();
        console.log("had it");
      }`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", script, directory]),
    );
    let [out, err] = ["", ""];
    for (const child of children) {
      child.stdout.on("data", (data) => (out += String(data)));
      child.stderr.on("data", (data) => (err += String(data)));
    }
    await Promise.all(children.map((child) => once(child, "close")));
    assert.equal(err, "");
    assert(!out.includes("two at once"), out);
    assert(out.includes("had it"));
  });
});
