/** A troupe of real processes that a configuration manager keeps up while its members are killed. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause } from "../../../harness/real/process.ts";
import { portOf } from "../../../udp/address.ts";
import { UdpHost } from "../../../udp/host.ts";

const program = fileURLToPath(new URL("../../../harness/cli/main.js", import.meta.url));
const bank = fileURLToPath(new URL("../../../examples/bank.js", import.meta.url));

describe("troupe manage", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), "troupe-manage-"));
  const started: ChildProcess[] = [];
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const machines = file(
    "machines.csv",
    "name,address,building\nm1,127.0.2.1,A\nm2,127.0.2.2,A\nm3,127.0.2.3,B\nm4,127.0.2.4,B\n",
  );
  const configuration = file("bank.troupe", "troupe bank (x, y) where x.building != y.building collator first-come");

  after(() => {
    for (const process of started) process.kill("SIGKILL");
    rmSync(directory, { recursive: true });
  });

  it("starts members, replaces one that is killed, with the state, and ends them with itself", async () => {
    const hosts = Array.from({ length: 3 }, (_, i) => new UdpHost({ seed: String(i) }));
    for (const host of hosts) host.close();
    const places = hosts.map(({ address }) => `127.0.0.1:${portOf(address)}`).join(",");
    let said = "";
    const start = (...words: string[]): ChildProcess => {
      const child = spawn(process.execPath, [program, ...words, "--ringmaster", places], { stdio: ["ignore", "ignore", "pipe"] }); // prettier-ignore
      child.stderr!.on("data", (data) => (said += String(data)));
      started.push(child);
      return child;
    };
    const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (const end = performance.now() + 60_000; ; await pause(50)) {
        const match = pattern.exec(said);
        if (match !== null) return match;
        assert.ok(performance.now() < end, `${pattern}: not within a minute:\n${said}`);
      }
    };
    const call = (...words: string[]): string => {
      const { stdout, stderr } = spawnSync(process.execPath, [program, "call", "bank", ...words, "--members", "2", "--wait", "60s", "--ringmaster", places], { encoding: "utf8" }); // prettier-ignore
      return stdout + stderr.replace(/^.* is waited for.*\n/m, "");
    };
    start("ringmaster");
    const through = ["--start", `env MACHINE={name} ${process.execPath} ${program}`];
    const manager = start("manage", configuration, bank, "--machines", machines, ...through);
    await until(/a member is started on m1, m3/);
    assert.equal(call("deposit", "alice", "100", "--configuration", configuration), "100\n");
    const [, pid] = await until(/bank at 127\.0\.2\.1:\d+, process (\d+): member/);
    process.kill(Number(pid), "SIGKILL");
    await until(/a member has joined on m2/);
    assert.equal(call("balance", "alice"), "100\n");
    const ended = once(manager, "exit");
    manager.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    assert.equal(said.match(/^bank at .*: ended$/gm)?.length, 2);
  });

  const refused = (...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "manage", ...words], { encoding: "utf8" });
    assert.equal(status, 2, stderr);
    assert.equal(stdout, "");
    return stderr.trim();
  };

  it("refuses what it cannot manage, in a sentence", () => {
    const bare = file("bare.csv", "name,building\nm1,A\nm2,B\n");
    const twice = file("twice.csv", "name,address,building\nm1,127.0.2.1,A\nm2,127.0.2.1,B\n");
    const nameless = file("nameless.troupe", "troupe (x)");
    assert.equal(refused(configuration, bank), `troupe: manage needs the table of machines: troupe manage ${configuration} ${bank} --machines FILE.`); // prettier-ignore
    assert.equal(refused(configuration, bank, "--machines", bare), `troupe: ${bare}: the machine "m1" has no address; expected its IPv4 address, as others reach it, in the attribute address.`); // prettier-ignore
    assert.equal(refused(configuration, bank, "--machines", twice), `troupe: ${twice}: the machines "m1" and "m2" have the same address, 127.0.2.1.`); // prettier-ignore
    assert.equal(refused(nameless, bank, "--machines", machines), `troupe: ${nameless}: the troupe has no name, by which it is bound: troupe bank (x, y, z) where ….`); // prettier-ignore
  });
});
