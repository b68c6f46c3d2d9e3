/** Which of two processes at one address is the later: incarnations are compared on the circle of 2^32. */
import assert from "node:assert/strict";
import { Endpoint } from "../../protocols/message/endpoint.ts";
import { headerBytes, pleaseAckBit, writeHeader } from "../../protocols/wire/segment.ts";
import { World } from "../../sim/world.ts";

describe("an incarnation", () => {
  it("counts as later than a greater incarnation after the clock has wrapped around", async () => {
    const world = new World({ seed: "1" });
    const called: number[] = [];
    const server = world.machine().start((host) => {
      new Endpoint(host, {
        called: (exchange) => {
          called.push(exchange.peerIncarnation);
          exchange.reply(new Uint8Array(headerBytes));
        },
      });
    });
    world.machine().start((host) => {
      [0xffff_fffe, 3, 0xffff_fffe, 2, 3].forEach((incarnation, index) => {
        const datagram = new Uint8Array(headerBytes);
        writeHeader(datagram, pleaseAckBit, 1, 1, 10 + index, incarnation, 0, 1);
        host.after(index * 10, () => host.send(server.address, datagram), undefined);
      });
    });
    await world.run(100);
    assert.deepEqual(called, [0xffff_fffe, 3, 3]);
  });
});
