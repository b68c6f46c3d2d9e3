/**
 * Golden transcripts: a short scenario, and the whole trace that is expected of it in the text file of its name.
 *
 *     UPDATE_GOLDEN=1 npm test
 *
 * writes the files anew. Review the difference: each line of it is a change of what goes over the wire.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../../protocols/host.ts";
import type { Program } from "../../protocols/program/program.ts";
import { headerBytes } from "../../protocols/wire/segment.ts";
import { Root, rootThreads, Scene } from "../protocols/call/scene.ts";
import { describe as inWords } from "../protocols/message/scripted-net.ts";
import { transcript } from "./transcript.ts";

const folder = fileURLToPath(new URL("../../../test/golden/", import.meta.url));

class Counter {
  readonly program: Program;
  value = 0;
  constructor(program: Program) {
    this.program = program;
  }
  add(amount: number): number {
    return (this.value += amount);
  }
  size(bytes: Uint8Array): number {
    return bytes.length;
  }
  async addSlowly(amount: number): Promise<number> {
    await this.program.sleep(3000);
    return this.add(amount);
  }
}

/** Loses the datagrams of a host that are described so, the first time they are sent. */
function losing(host: Host, victims: readonly [to: number, what: string][]): void {
  const left = [...victims];
  const send = host.send.bind(host);
  host.send = (to, datagram) => {
    const at = left.findIndex(([address, what]) => address === to && what === inWords(datagram));
    if (at < 0) send(to, datagram);
    else host.trace({ type: "note", text: `! ${left.splice(at, 1)[0]![1]} is lost` });
  };
}

const scenarios: Record<string, () => Promise<Scene>> = {
  async "a-plain-call-of-degree-three"() {
    const scene = new Scene();
    scene.stage.troupe("counter", (program) => new Counter(program), 3);
    await scene.run(async (client) => {
      const counter = client.import(Counter, "counter");
      await counter.add(2);
      await counter.add(3);
    });
    return scene;
  },

  async "a-lost-segment-of-a-call"() {
    const scene = new Scene({ messages: { datagramBytes: headerBytes + 100 } });
    const troupe = scene.stage.troupe("counter", (program) => new Counter(program), 2);
    await scene.run(async (client) => {
      losing(client.host, [[troupe.member(2).process.address, "CALL 1 2/4"]]);
      await client.import(Counter, "counter").size(new Uint8Array(350));
    });
    return scene;
  },

  async "a-lost-return"() {
    const scene = new Scene();
    const troupe = scene.stage.troupe("counter", (program) => new Counter(program), 2);
    await scene.run(async (client) => {
      losing(troupe.member(1).program.host, [[client.host.address, "RETURN 1 1/1"]]);
      await client.import(Counter, "counter").add(2);
    });
    return scene;
  },

  async "a-slow-procedure-and-its-probes"() {
    const scene = new Scene();
    scene.stage.troupe("counter", (program) => new Counter(program), 1);
    await scene.run((client) => client.import(Counter, "counter").addSlowly(2));
    return scene;
  },

  async "a-member-crashes-and-another-restarts"() {
    const scene = new Scene();
    const troupe = scene.stage.troupe("counter", (program) => new Counter(program), 3);
    scene.world.at(150, () => troupe.member(1).machine.crash());
    scene.world.at(200, () => {
      troupe.member(2).machine.crash();
      troupe.member(2).machine.restart();
    });
    await scene.run((client) => client.import(Counter, "counter").addSlowly(2));
    return scene;
  },

  async "a-replicated-client-with-a-slow-member"() {
    const scene = new Scene();
    scene.stage.troupe("counter", (program) => new Counter(program), 2);
    const root = scene.stage.troupe("root", () => new Root(), 2);
    rootThreads(root, async (program, _root, index) => {
      if (index === 1) await program.sleep(130);
      return program.import(Counter, "counter").add(2);
    });
    await scene.world.run();
    return scene;
  },
};

describe("golden transcripts", () => {
  for (const [name, play] of Object.entries(scenarios)) {
    it(name.replaceAll("-", " "), async () => {
      const scene = await play();
      const found = transcript(scene.trace, scene.world);
      const file = join(folder, `${name}.txt`);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, found);
      assert.ok(existsSync(file), `${name}.txt is missing; UPDATE_GOLDEN=1 npm test writes it`);
      assert.deepEqual(found.split("\n"), readFileSync(file, "utf8").split("\n"));
    });
  }

  it("belong each to a scenario", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
    assert.deepEqual(
      files.toSorted(),
      Object.keys(scenarios)
        .map((name) => `${name}.txt`)
        .toSorted(),
    );
  });
});
