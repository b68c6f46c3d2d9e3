/**
 * Each class of test/modules/state on three members on UDP, with joins in the middle: carried whole, or refused early.
 */
import assert from "node:assert/strict";
import { RingmasterMember } from "../../../protocols/binding/ringmaster/formation.ts";
import { openProcess } from "../../../harness/real/process.ts";
import type { Address } from "../../../protocols/host.ts";
import { UdpHost } from "../../../udp/host.ts";
import { portOf } from "../../../udp/address.ts";
import { carried, fileOfRefused, refusedAtCall, refusedAtOnce } from "./carried.ts";
import { isCarried, isRefused, runCourse, type Case, type Outcome, type Participant } from "./carrying.ts";

/** A process for each member of the Ringmaster and of the troupes, and for their client, all in this one. */
async function onUdp(cases: readonly Case[]): Promise<Map<string, Outcome>> {
  const free = [1, 2, 3].map((i) => new UdpHost({ seed: String(i) }));
  const places: Address[] = free.map(({ address }) => address);
  for (const host of free) host.close();
  const ports = [...places.map(portOf), 0, 0, 0, 0];
  const opened = ports.map((port) => openProcess({ ip: "127.0.0.1", port, places }));
  try {
    for (const { binding } of opened.slice(0, 3)) new RingmasterMember(binding).start();
    const participants = opened.slice(3).map(({ program, binding }): Participant => {
      return { program, binding, run: (main) => program.thread(main) };
    });
    return await runCourse(cases, participants.slice(0, 3), participants[3]!);
  } finally {
    for (const { host } of opened) host.close();
  }
}

describe("the state of any class on three members on UDP, two of which join in the middle", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  this.timeout(60_000);
  /** Their state is said by `getState` and `setState`, which count for modules only. */
  const ofModules = ["NamedState", "SymbolState"];

  it("is carried whole, all classes in one module", async () => {
    const { shown, expected, error } = (await onUdp([["cabinet.ts", "Cabinet"]])).get("Cabinet")!;
    if (error !== undefined) throw error as Error;
    const names = carried.map(([, name]) => name).filter((name) => !ofModules.includes(name));
    const byName = (a: string, b: string): number => (a < b ? -1 : 1);
    assert.deepEqual(Object.keys(expected as object).toSorted(byName), names.toSorted(byName));
    assert.deepEqual(shown, [expected, expected, expected]);
  });

  for (const name of ofModules) {
    it(`is carried whole as the class says it: ${name}`, async () => {
      isCarried((await onUdp([["private.ts", name]])).get(name)!);
    });
  }

  it("is refused at once, or at a call, with the sentences of the simulation", async () => {
    const refused: Case[] = Object.keys(refusedAtOnce).map((name) => [fileOfRefused(name), name]);
    const called: Case[] = Object.keys(refusedAtCall).map((name) => [fileOfRefused(name), name]);
    const outcomes = await onUdp([...refused, ...called]);
    for (const [name, sentence] of Object.entries({ ...refusedAtOnce, ...refusedAtCall }))
      isRefused(outcomes.get(name)!, sentence);
  });
});
