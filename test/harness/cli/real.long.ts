/** A replicated program of real processes, each started by its command, that are killed while they are called. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { awaitTroupe, classWith, procedureNames } from "../../../harness/real/directory.ts";
import { readPlaces } from "../../../harness/real/places.ts";
import { openProcess, pause, type RealProcess } from "../../../harness/real/process.ts";
import { freePorts } from "../served.ts";
import { program } from "./program.ts";

const bank = fileURLToPath(new URL("../../../examples/bank.js", import.meta.url));

/** A process, and what it has written. */
class Started {
  readonly child: ChildProcess;
  out = "";
  err = "";

  constructor(words: readonly string[]) {
    this.child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout!.on("data", (data) => (this.out += String(data)));
    this.child.stderr!.on("data", (data) => (this.err += String(data)));
  }

  /** Sends the signal and waits for the end; answers the exit status. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const closed = once(this.child, "close");
    this.child.kill(signal);
    await closed;
    return this.child.exitCode;
  }
}

describe("troupe ringmaster, serve and call", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  this.timeout(120_000);
  const started: Started[] = [];
  const ports = freePorts(3);
  const places = ports.map((port) => `127.0.0.1:${port}`).join(",");
  let client: RealProcess;

  function start(...words: string[]): Started {
    const process = new Started([...words, "--ringmaster", places]);
    started.push(process);
    return process;
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (const end = performance.now() + 60_000; !holds(); await pause(20)) {
      const said = started.map(({ err }) => err).join("");
      assert.ok(performance.now() < end, `${what}: not within a minute. The processes said:\n${said}`);
    }
  }

  async function call(...words: string[]): Promise<{ status: number | null; out: string; err: string }> {
    const process = start("call", ...words);
    const [status] = (await once(process.child, "close")) as [number | null];
    return { status, out: process.out, err: process.err };
  }

  before(() => {
    process.env["TROUPE_KEY"] = "a secret of this test alone";
    client = openProcess({ ip: "127.0.0.1", port: 0, places: readPlaces(places) });
  });
  after(async () => {
    delete process.env["TROUPE_KEY"];
    client.host.close();
    await Promise.all(started.map((process) => process.end("SIGKILL")));
  });

  it("goes on when members are killed, exactly once, and gives newcomers the state", async () => {
    const ringmasters = ports.map((port) => start("ringmaster", "--port", String(port)));
    const first = start("serve", bank, "--name", "bank");
    const second = start("serve", bank, "--name", "bank");
    const troupe = await awaitTroupe(client.binding, "bank", 2, 60_000);
    assert.equal(troupe?.members.length, 2);
    const procedures = await procedureNames(client.binding, troupe);
    assert.deepEqual(procedures, ["balance", "deposit", "transfer", "withdraw"]);

    // Load: one deposit of 1 after another.
    const stub = client.program.import(classWith(procedures), troupe);
    const deposit = stub["deposit"] as unknown as (account: string, amount: number) => Promise<number>;
    let deposits = 0;
    let isOver = false;
    const load = client.program.thread(async () => {
      while (!isOver) assert.equal(await deposit("alice", 1), ++deposits);
    });
    let failure: unknown;
    load.catch((error: unknown) => (failure = error));
    const goOn = async (when: string): Promise<void> => {
      const before = deposits;
      await until(`calls go on ${when}`, () => failure !== undefined || deposits > before + 100);
      if (failure !== undefined) throw failure as Error;
    };
    await goOn("at first");

    await first.end("SIGKILL");
    await goOn("without the first member");

    await ringmasters[0]!.end("SIGKILL");
    const third = start("serve", bank, "--name", "bank");
    await until("a third member joins", () => / member, of .*,/.test(third.err));
    await goOn("with a third member");
    const successor = start("ringmaster", "--port", String(ports[0]));
    await until("a Ringmaster member is replaced", () => / member, of /.test(successor.err));

    // From now on all that is known of the account is what the newcomer was given.
    assert.equal(await second.end("SIGINT"), 0, second.err);
    assert.match(second.err, /: out, of 127\.0\.0\.1:\d+\n.*: ended\n$/);
    await goOn("with the third member only");
    isOver = true;
    await load;
    // The successor is needed for a majority now.
    await ringmasters[1]!.end("SIGKILL");
    assert.deepEqual(await call("bank", "balance", "alice"), { status: 0, out: `${deposits}\n`, err: "" });

    const [misspelt, unknown, raised, negative] = await Promise.all([
      call("bank", "depositt", "alice", "1"),
      call("bnk", "deposit", "alice", "1", "--wait", "10ms"),
      call("bank", "withdraw", "bob", "7"),
      call("bank", "deposit", "bob", "-7"),
    ]);
    assert.deepEqual(
      [misspelt.status, misspelt.err],
      [2, "troupe: bank has no method depositt. Did you mean deposit?\n"],
    );
    assert.deepEqual(
      [unknown.status, unknown.err],
      [2, "troupe: the Ringmaster knows no troupe bnk. Did you mean bank?\n"],
    );
    assert.equal(raised.status, 1);
    assert.match(raised.err, /^troupe: bank\.withdraw raised RangeError: bob has 0, which is not 7 \(definite: /);
    assert.match(negative.err, /^troupe: bank\.deposit raised RangeError: a deposit of -7; expected more than 0/);

    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    const clock = join(directory, "clock.mjs");
    writeFileSync(clock, "export default class Clock { ticks = 0; tick() { return ++this.ticks; } }");
    const stranger = start("serve", clock, "--name", "bank");
    assert.deepEqual(await once(stranger.child, "close"), [2, null], stranger.err);
    assert.match(
      stranger.err,
      /Clock cannot be a member of bank: it has the methods tick, and the members have balance, deposit, transfer, withdraw\.\n$/,
    );
    rmSync(directory, { recursive: true });
    const taken = start("serve", bank, "--name", "bank", "--port", String(ports[2]));
    assert.deepEqual(await once(taken.child, "close"), [1, null], taken.err);
    assert.match(taken.err, /^troupe: 127\.0\.0\.1:\d+ cannot be used: another process has this port\.\n$/);

    assert.equal(await third.end("SIGINT"), 0, third.err);
    assert.match(third.err, /: out, of none\n.*: ended\n$/);
    assert.equal((await client.binding.lookupByName("bank"))?.members.length, undefined);
  });

  for (const ordering of ["commit", "broadcast"]) {
    it(`by ${ordering}: clients transfer money at once and one member is killed; the others have the same sums`, async () => {
      const name = `vault-${ordering}`;
      const serve = (): Started => start("serve", bank, "--name", name, "--ordering", ordering);
      const members = [serve(), serve(), serve()];
      const troupe = await awaitTroupe(client.binding, name, 3, 60_000);
      assert.equal(troupe?.members.length, 3, members.map(({ err }) => err).join(""));
      type Call = (...args: unknown[]) => Promise<number>;
      const stubOf = ({ program }: RealProcess): Record<string, Call> =>
        program.import(classWith(["balance", "deposit", "transfer", "withdraw"]), troupe) as unknown as Record<
          string,
          Call
        >;
      const other = openProcess({ ip: "127.0.0.1", port: 0, places: readPlaces(places) });
      try {
        const [mine, theirs] = [stubOf(client), stubOf(other)];
        await Promise.all([mine["deposit"]!("alice", 1000), theirs["deposit"]!("bob", 1000)]);
        let transfers = 0;
        const load = async (stub: Record<string, Call>, from: string, to: string): Promise<void> => {
          for (let i = 0; i < 150; i++) {
            await stub["transfer"]!(from, to, 1);
            transfers++;
          }
        };
        const done = Promise.all([
          client.program.thread(() => load(mine, "alice", "bob")),
          other.program.thread(() => load(theirs, "bob", "alice")),
          client.program.thread(() => load(mine, "bob", "carol")),
        ]);
        await until("the load has begun", () => transfers > 50);
        await members[0]!.end("SIGKILL");
        await done;
        // All members that are left answer alike, or the call fails.
        const sums = await Promise.all(["alice", "bob", "carol"].map((account) => mine["balance"]!(account)));
        assert.deepEqual(sums, [1000, 850, 150]);
        const newcomer = serve();
        await until("a newcomer joins", () => / member, of .*,.*,/.test(newcomer.err));
        assert.equal(await mine["balance"]!("carol"), 150);
      } finally {
        other.host.close();
      }
    });
  }

  it("refuses an unknown ordering, one that the members do not have, and marks of methods that there are not", async () => {
    const misspelt = start("serve", bank, "--name", "vault-commit", "--ordering", "comit");
    assert.deepEqual(await once(misspelt.child, "close"), [2, null]);
    assert.equal(
      misspelt.err,
      'troupe: --ordering takes one of none, commit, broadcast, not "comit". Did you mean commit?\n',
    );
    const different = start("serve", bank, "--name", "vault-commit", "--ordering", "broadcast");
    assert.deepEqual(await once(different.child, "close"), [2, null], different.err);
    assert.match(
      different.err,
      /Bank cannot be a member of vault-commit with --ordering broadcast: the members have --ordering commit\.\n$/,
    );
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    const wrong = join(directory, "wrong.mjs");
    writeFileSync(
      wrong,
      'export default class Till { static transactions = { reads: ["sums"] }; cash = 0; sum() { return this.cash; } }',
    );
    const marked = start("serve", wrong, "--name", "till", "--ordering", "commit");
    assert.deepEqual(await once(marked.child, "close"), [2, null], marked.err);
    assert.match(marked.err, /class Till marks the method sums, which it has not; did you mean sum\?\.?\n$/);
    rmSync(directory, { recursive: true });
  });

  it("says within the time of waiting that no Ringmaster answers", async () => {
    const nobody = `127.0.0.1:${freePorts(1)[0]}`;
    const begun = performance.now();
    const lonely = new Started(["call", "bank", "balance", "alice", "--wait", "1s", "--ringmaster", nobody]);
    started.push(lonely);
    assert.deepEqual(await once(lonely.child, "close"), [1, null]);
    assert.ok(performance.now() - begun < 15_000, `${performance.now() - begun} ms`);
    const sentence = `troupe: the Ringmaster does not answer at ${nobody} (\`troupe ringmaster\` starts it); nothing was called.`;
    assert.equal(lonely.err, `bank is waited for, at the Ringmaster at ${nobody}\n${sentence}\n`);
  });
});
