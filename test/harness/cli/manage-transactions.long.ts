/**
 * A managed troupe of real processes with transactions: two clients move money while a member is killed and replaced.
 */
import assert from "node:assert/strict";
import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connect } from "../../../harness/client.ts";
import { pause } from "../../../harness/real/process.ts";
import type { Move } from "../fixtures/mover.ts";
import Purses from "../fixtures/purses.ts";
import { machines, Processes, through } from "./processes.ts";
import { program } from "./program.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

describe("troupe manage with transactions", function () {
  // No retries: they would hide members that differ now and then.
  this.timeout(180_000);
  let processes: Processes;
  let clients: ChildProcess[] = [];

  beforeEach(() => (processes = new Processes()));
  afterEach(() => {
    for (const client of clients) client.kill("SIGKILL");
    processes.close();
  });

  /** What each member of the troupe answers. */
  async function balances(): Promise<unknown[]> {
    const client = connect({ ringmaster: processes.places });
    try {
      const purses = await client.bind(Purses, "purses", { members: 3, wait: 60_000 });
      const values: unknown[] = [];
      for await (const reply of purses.balances.replies()) if (reply.type === "returned") values.push(reply.value);
      return values;
    } finally {
      client.close();
    }
  }

  for (const ordering of ["commit", "broadcast"] as const) {
    it(`does each move once, at equal members, by ordering ${ordering}, while a member is replaced`, async () => {
      const configuration = processes.file("purses.troupe", `troupe purses (x, y, z) ordering ${ordering}`);
      const table = processes.file("machines.csv", machines);
      processes.start("ringmaster");
      processes.start("manage", configuration, fixture("purses"), "--machines", table, ...through);
      const moves: Move[] = [];
      const pairs = [["alice", "bob"], ["bob", "carol"]]; // prettier-ignore
      clients = pairs.map((pair) => fork(fixture("mover"), [processes.places, ...pair]));
      for (const client of clients) client.on("message", (move: Move) => moves.push(move));
      const ended = Promise.all(clients.map((client) => once(client, "exit")));
      // All reports have come when the channel is closed.
      const reported = Promise.all(clients.map((client) => once(client, "disconnect")));
      const more = async (count: number): Promise<void> => {
        for (const before = moves.length; moves.length < before + count; await pause(20))
          assert.ok(clients.every(({ exitCode }) => exitCode === null), "a client has failed"); // prettier-ignore
      };

      await more(100);
      const [, pid] = await processes.until(/purses at 127\.0\.2\.1:\d+, process (\d+): member/);
      process.kill(Number(pid), "SIGKILL");
      await processes.until(/a member has joined on m4/);
      await more(100);
      for (const client of clients) client.send("stop");
      assert.deepEqual(await ended, [[0, null], [0, null]]); // prettier-ignore
      await reported;

      const expected: Record<string, number> = { ...new Purses().purses };
      for (const { from, to, moved } of moves) {
        expected[from]! -= moved;
        expected[to]! += moved;
      }
      assert.deepEqual(await balances(), [expected, expected, expected]);
      const otherwise = ["serve", fixture("purses"), "--name", "purses", "--ringmaster", processes.places];
      const { stderr } = spawnSync(process.execPath, [program, ...otherwise], { encoding: "utf8", timeout: 60_000 });
      assert.match(stderr, new RegExp(`with --ordering none: the members have --ordering ${ordering}\\.`));
    });
  }
});
