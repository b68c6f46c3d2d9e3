import assert from "node:assert/strict";
import fc from "fast-check";
import { addressOf, formatAddress, ipOf, isGroup, parseAddress, portOf } from "../../udp/address.ts";

describe("addresses of real hosts", () => {
  it("are numbers from which IP and port can be read again", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65535 }), (ip, port) => {
        const address = addressOf(ip, port);
        assert.ok(Number.isSafeInteger(address));
        assert.deepEqual([ipOf(address), portOf(address)], [ip, port]);
        assert.equal(parseAddress(formatAddress(address)), address);
      }),
    );
  });

  it("know groups", () => {
    const groups = ["223.255.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0"].map((ip) => addressOf(ip, 1));
    assert.deepEqual(groups.map(isGroup), [false, true, true, false]);
  });

  it("are refused in one sentence when they are none", () => {
    for (const text of [
      "127.0.0.1",
      "127.0.0:1",
      "127.0.0.256:1",
      "1.2.3.4.5:1",
      "1..3.4:1",
      "a.b.c.d:1",
      "1.2.3.4:",
    ]) {
      assert.throws(() => parseAddress(text), RangeError, text);
    }
    assert.throws(() => parseAddress("127.0.0.1:65536"), /port 65536/);
  });
});
