/** The programs of test/modules/chance on real sockets: two members, calls, a third that joins, calls. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { argumentsFrom, type ArgumentsOf } from "../../../harness/check/generated.ts";
import { signaturesOf } from "../../../harness/check/signatures.ts";
import { loadClass } from "../../../harness/load.ts";
import { packageRoot } from "../../../harness/package-root.ts";
import { openProcess, pause, type RealProcess } from "../../../harness/real/process.ts";
import { RingmasterMember } from "../../../protocols/binding/ringmaster/formation.ts";
import { externalizeState } from "../../../protocols/call/module-state.ts";
import { proceduresOf } from "../../../protocols/call/module.ts";
import { Stream } from "../../../sim/chance/random.ts";
import { UdpHost } from "../../../udp/host.ts";

const folder = join(packageRoot, "test/modules/chance");
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));

interface Program {
  readonly name: string;
  readonly type: new (...args: unknown[]) => object;
  readonly argumentsOf: ArgumentsOf;
  readonly modules: object[];
}

describe("programs that hide clock and chance, on real sockets", function () {
  // A busy machine may delay sockets and timers.
  this.retries(2);
  this.timeout(120_000);
  const real: RealProcess[] = [];
  const programs: Program[] = [];
  const random = new Stream("arguments");

  function open(place: number, port = 0): RealProcess {
    const opened = openProcess({ ip: "127.0.0.1", port, places: [place] });
    real.push(opened);
    return opened;
  }

  /** A new process becomes a member of all troupes. */
  async function joinAll(place: number): Promise<void> {
    const member = open(place);
    await Promise.all(
      programs.map(async ({ name, type, modules }) => {
        const module = new type();
        await member.program.thread(() => member.binding.joinTroupe(name, module));
        modules.push(module);
      }),
    );
  }

  /** Calls every method of every troupe. */
  async function callAll(client: RealProcess): Promise<void> {
    await Promise.all(
      programs.map(({ name, type, argumentsOf }) =>
        client.program.thread(async () => {
          const stub = (await client.program.bind(type, name)) as Record<
            string,
            (...args: unknown[]) => Promise<unknown>
          >;
          for (const method of proceduresOf(type)) await stub[method]!(...argumentsOf(method, random));
        }),
      ),
    );
  }

  after(() => {
    for (const { host } of real) host.close();
  });

  it("have one state at all members", async () => {
    for (const { host } of real.splice(0)) host.close();
    programs.length = 0;
    for (const file of files) {
      const path = join(folder, file);
      const type = await loadClass(path);
      const argumentsOf = argumentsFrom(type, signaturesOf(type.name, path));
      programs.push({ name: file, type, argumentsOf, modules: [] });
    }
    const free = new UdpHost({ seed: "free" });
    const place = free.address;
    free.close();
    const ringmaster = open(place, place % 65536);
    new RingmasterMember(ringmaster.binding).start();
    await pause(500);
    await joinAll(place);
    await joinAll(place);
    const client = open(place);
    for (let i = 0; i < 3; i++) await callAll(client);
    await joinAll(place);
    for (let i = 0; i < 3; i++) await callAll(client);
    const parted = programs.filter(({ modules }) => {
      const [first, ...others] = modules.map((module) => Buffer.from(externalizeState(module)).toString("hex"));
      return others.length !== 2 || others.some((other) => other !== first);
    });
    assert.deepEqual(
      parted.map(({ name }) => name),
      [],
    );
  });
});
