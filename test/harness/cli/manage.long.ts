/** A troupe of real processes that a configuration manager keeps up while its members are killed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { machines as fourMachines, Processes, through } from "./processes.ts";
import { program } from "./program.ts";

const bank = fileURLToPath(new URL("../../../examples/bank.js", import.meta.url));

describe("troupe manage", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  this.timeout(120_000);
  let processes: Processes;
  let machines: string;
  let configuration: string;
  const file = (name: string, text: string): string => processes.file(name, text);

  beforeEach(() => {
    processes = new Processes();
    machines = file("machines.csv", fourMachines);
    configuration = file("bank.troupe", "troupe bank (x, y) where x.building != y.building collator first-come");
  });
  afterEach(() => processes.close());

  it("starts members, replaces one that is killed, with the state, and ends them with itself", async () => {
    const call = (...words: string[]): string => {
      const { stdout, stderr } = spawnSync(process.execPath, [program, "call", "bank", ...words, "--members", "2", "--wait", "60s", "--ringmaster", processes.places], { encoding: "utf8" }); // prettier-ignore
      return stdout + stderr.replace(/^.* is waited for.*\n/m, "");
    };
    processes.start("ringmaster");
    const manager = processes.start("manage", configuration, bank, "--machines", machines, ...through);
    await processes.until(/a member is started on m1, m3/);
    assert.equal(call("deposit", "alice", "100", "--configuration", configuration), "100\n");
    const [, pid] = await processes.until(/bank at 127\.0\.2\.1:\d+, process (\d+): member/);
    process.kill(Number(pid), "SIGKILL");
    await processes.until(/a member has joined on m2/);
    assert.equal(call("balance", "alice"), "100\n");
    const ended = once(manager, "exit");
    manager.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    assert.equal(processes.said.match(/^bank at .*: ended$/gm)?.length, 2);
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
