import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Outbox, unbundled } from "../../udp/outbox.ts";

const [alice, bob] = [65_536 * 7 + 1, 65_536 * 7 + 2];

function bytes(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

/** An outbox, and what it has handed to the system: the address, and the datagrams within. */
function outbox(): { box: Outbox; sent: [number, (number | undefined)[]][] } {
  const sent: [number, (number | undefined)[]][] = [];
  const box = new Outbox((to, datagram) => {
    const parts = unbundled(datagram) ?? [datagram];
    for (const part of parts) assert(part.every((byte) => byte === part[0]));
    assert(datagram.length <= 1472 || parts.length === 1);
    sent.push([to, parts.map((part) => part[0])]);
  });
  return { box, sent };
}

describe("the outbox of a socket", () => {
  it("sends together what one round sends to one address, and a lone datagram as it is", async () => {
    const { box, sent } = outbox();
    box.add(alice, bytes(40, 1));
    box.add(bob, bytes(40, 2));
    box.add(alice, bytes(700, 3));
    assert.deepEqual(sent, []);
    await setImmediate();
    assert.deepEqual(sent, [
      [alice, [1, 3]],
      [bob, [2]],
    ]);
  });

  it("sends no bundle that does not fit into a frame, and keeps the order", async () => {
    const { box, sent } = outbox();
    for (const [length, value] of [
      [800, 1],
      [667, 2],
      [100, 3],
      [1471, 4],
      [50_000, 5],
      [10, 6],
    ] as const)
      box.add(alice, bytes(length, value));
    await setImmediate();
    assert.deepEqual(
      sent,
      [1, 3, 4, 5, 6].map((value) => [alice, value === 1 ? [1, 2] : [value]]),
    );
  });

  it("keeps an empty datagram out of bundles, and in order", async () => {
    const { box, sent } = outbox();
    for (const [length, value] of [
      [10, 1],
      [0, 0],
      [10, 2],
      [10, 3],
    ] as const)
      box.add(alice, bytes(length, value));
    await setImmediate();
    assert.deepEqual(
      sent,
      [[1], [undefined], [2, 3]].map((values) => [alice, values]),
    );
  });

  it("holds nothing back behind code that runs for long", async () => {
    const { box, sent } = outbox();
    box.add(alice, bytes(40, 1));
    const end = performance.now() + 6;
    while (performance.now() < end);
    await setImmediate();
    sent.length = 0;
    box.add(alice, bytes(40, 2));
    assert.deepEqual(sent, [[alice, [2]]]);
    for (let i = 0; i < 63; i++) box.add(bob, bytes(40, 3));
    sent.length = 0;
    box.add(alice, bytes(40, 4));
    assert.deepEqual(sent, []);
    await setImmediate();
    assert.deepEqual(sent, [[alice, [4]]]);
  });

  it("reads a bundle up to where it is cut off", () => {
    const whole = Uint8Array.of(0xc5, 0, 1, 7, 0, 2, 8, 9);
    assert.deepEqual(unbundled(whole), [Uint8Array.of(7), Uint8Array.of(8, 9)]);
    assert.deepEqual(unbundled(whole.subarray(0, 7)), [Uint8Array.of(7)]);
    assert.deepEqual(unbundled(whole.subarray(0, 5)), [Uint8Array.of(7)]);
    assert.deepEqual(unbundled(Uint8Array.of(0xc5, 0, 1, 7, 0, 0, 0, 1, 8)), [Uint8Array.of(7)]);
    assert.deepEqual(unbundled(Uint8Array.of(0xc5)), []);
    assert.equal(unbundled(new Uint8Array(1473).fill(0xc5, 0, 1)), undefined);
    assert.equal(unbundled(Uint8Array.of(0xb0, 0, 1, 7)), undefined);
  });
});
