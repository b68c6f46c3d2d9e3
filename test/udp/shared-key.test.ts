/** Calls between hosts with a shared key, and without. */
import assert from "node:assert/strict";
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import { Program } from "../../protocols/program/program.ts";
import { CallError } from "../../protocols/errors.ts";
import type { MessageOptions } from "../../protocols/message/options.ts";
import { sealBytes } from "../../udp/authentication.ts";
import { UdpHost } from "../../udp/host.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
  echo(text: string): string {
    return text;
  }
}

const options: Partial<MessageOptions> = { datagramBytes: 1472 - sealBytes, retransmitInterval: 20, tries: 3 };
const key = "the key of this troupe";
const group = (239 * 2 ** 24 + 255 * 2 ** 16 + (process.pid % 65536)) * 65536 + 41_000;

/** Calls a troupe of two members, all with the key, from a client with another one or none. */
async function callWith(
  clientKey: string | undefined,
): Promise<{ answers: unknown[]; values: number[]; forged: number }> {
  const servers = [0, 1].map((i) => new UdpHost({ seed: `server ${i}`, key }));
  const client = new UdpHost({ seed: "client", ...(clientKey === undefined ? {} : { key: clientKey }) });
  const binding = new StaticBinding();
  const troupe = binding.add({ id: 1, name: "counter", module: 1, members: servers, group });
  const modules = servers.map((host) => {
    const module = new Counter();
    new Program(host, binding, options).export(module, { troupe });
    return module;
  });
  const program = new Program(client, binding, options);
  const unicast = program.import(Counter, troupe);
  const multicast = program.import(Counter, troupe, { transport: "multicast" });
  const long = "x".repeat(100_000);
  try {
    const answers = await program.thread(async () => [
      await unicast.add(1),
      await multicast.add(2),
      (await multicast.echo(long)) === long,
    ]);
    return { answers, values: modules.map(({ value }) => value), forged: 0 };
  } catch (error) {
    assert.ok(error instanceof CallError && error.kind === "troupe-unavailable");
    const forged = servers.reduce((sum, host) => sum + host.authentication!.forged, 0);
    return { answers: [], values: modules.map(({ value }) => value), forged };
  } finally {
    for (const host of [...servers, client]) host.close();
  }
}

describe("a shared key", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  it("lets those who have it call one another, by unicast and multicast", async () => {
    assert.deepEqual(await callWith(key), { answers: [1, 3, true], values: [3, 3], forged: 0 });
  });

  it("keeps out those who lack it: nothing is executed", async () => {
    for (const other of [undefined, "the key of another troupe"]) {
      const { values, forged } = await callWith(other);
      assert.deepEqual(values, [0, 0]);
      assert.ok(forged >= 2);
    }
  });
});
