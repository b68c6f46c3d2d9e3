/** What protocols may expect of a host: one suite for the simulated and the real one. */
import assert from "node:assert/strict";
import type { Address, Host } from "../../protocols/host.ts";

/** A place with hosts that can reach one another, without loss. */
export interface Site {
  /** Starts a process, runs `main` in it and answers its host. */
  start(main: (host: Host) => void): Host;
  /** Ends the process of a host and starts it anew at the same address; answers its new host. */
  restart(host: Host): Host;
  /** A multicast group that all hosts can join. */
  group(): Address;
  /** Lets so many ms of the hosts' time pass. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (datagram: Uint8Array): string => new TextDecoder().decode(datagram);
const ignore = (): void => {};

/** Declares the suite. `delay` is a time in ms in which a datagram surely arrives and timers are told apart. */
export function hostContract(name: string, open: () => Promise<Site>, delay: number): void {
  describe(`${name} keeps the contract of a host`, function () {
    // Real sockets and a real clock: a machine that is busy otherwise may make it late.
    this.retries(2);
    let site: Site;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());

    /** A process that notes what it receives. */
    function listener(): { host: Host; heard: [Address, string][] } {
      const heard: [Address, string][] = [];
      const host = site.start((host) => host.listen((from, datagram) => heard.push([from, text(datagram)])));
      return { host, heard };
    }

    it("carries datagrams both ways and names their sender", async () => {
      const { host: b, heard: atB } = listener();
      const atA: [Address, string][] = [];
      const a = site.start((host) => host.listen((from, datagram) => atA.push([from, text(datagram)])));
      a.after(0, () => a.send(b.address, bytes("ping")), undefined);
      await site.pass(delay);
      b.after(0, () => b.send(a.address, bytes("pong")), undefined);
      await site.pass(delay);
      assert.deepEqual(atB, [[a.address, "ping"]]);
      assert.deepEqual(atA, [[b.address, "pong"]]);
    });

    it("carries empty datagrams and datagrams of 1400 bytes unchanged", async () => {
      const got: Uint8Array[] = [];
      const b = site.start((host) => host.listen((_from, datagram) => got.push(datagram)));
      const a = site.start(ignore);
      const long = Uint8Array.from({ length: 1400 }, (_, i) => i % 251);
      a.after(0, () => a.send(b.address, new Uint8Array(0)), undefined);
      await site.pass(delay);
      a.after(0, () => a.send(b.address, long), undefined);
      await site.pass(delay);
      assert.equal(got[0]?.length, 0);
      assert.deepEqual(Uint8Array.from(got[1] ?? []), long);
    });

    it("never delivers inside send, not even to the sender itself", async () => {
      const order: string[] = [];
      const a = site.start((host) => host.listen(() => order.push("received")));
      a.after(
        0,
        () => {
          a.send(a.address, bytes("self"));
          order.push("sent");
        },
        undefined,
      );
      await site.pass(delay);
      assert.deepEqual(order, ["sent", "received"]);
    });

    it("replaces the receiver", async () => {
      const { host: b, heard } = listener();
      const a = site.start(ignore);
      const second: string[] = [];
      b.listen((_from, datagram) => second.push(text(datagram)));
      a.after(0, () => a.send(b.address, bytes("x")), undefined);
      await site.pass(delay);
      assert.deepEqual([heard, second], [[], ["x"]]);
    });

    it("fires timers in the order of their times, each once, with its subject, never early", async () => {
      const fired: [string, boolean][] = [];
      const a = site.start((host) => {
        const began = host.now();
        for (const [name, after] of [["late", delay] as const, ["early", delay / 4] as const, ["soon", 0] as const]) {
          host.after(after, (subject: string) => fired.push([subject, host.now() >= began + after]), name);
        }
        assert.deepEqual(fired, []);
      });
      await site.pass(3 * delay);
      assert.deepEqual(fired, [
        ["soon", true],
        ["early", true],
        ["late", true],
      ]);
      assert.ok(a.now() >= 3 * delay);
    });

    it("cancels timers, and ignores the cancellation of fired timers", async () => {
      const fired: string[] = [];
      site.start((host) => {
        const cancelled = host.after(delay / 4, () => fired.push("cancelled"), undefined);
        host.cancel(cancelled);
        host.cancel(cancelled);
        host.cancel(0);
        const first = host.after(
          0,
          () => {
            // The place of `first` may be used again for this one: the old name must not stop it.
            host.after(delay / 4, () => fired.push("second"), undefined);
            host.cancel(first);
          },
          undefined,
        );
        assert.ok(first > 0 && Number.isSafeInteger(first) && first !== cancelled);
      });
      await site.pass(2 * delay);
      assert.deepEqual(fired, ["second"]);
    });

    it("gives each process a greater incarnation, and nothing of the process before", async () => {
      const fired: number[] = [];
      const heard: [number, string][] = [];
      const first = site.start((host) => {
        host.after(4 * delay, () => fired.push(host.incarnation), undefined);
        host.listen((_from, datagram) => heard.push([host.incarnation, text(datagram)]));
      });
      const other = site.start(ignore);
      await site.pass(delay);
      const second = site.restart(first);
      assert.equal(second.address, first.address);
      assert.ok(first.incarnation > 0 && second.incarnation > first.incarnation && second.incarnation < 2 ** 32);
      other.after(0, () => other.send(second.address, bytes("to the new life")), undefined);
      first.send(other.address, bytes("from the dead"));
      first.after(0, () => fired.push(-1), undefined);
      await site.pass(6 * delay);
      assert.deepEqual(fired, [second.incarnation]);
      assert.deepEqual(heard, [[second.incarnation, "to the new life"]]);
    });

    it("runs a turn after the present event and drains its promise jobs before the next", async () => {
      const order: string[] = [];
      site.start((host) => {
        host.after(
          0,
          () => {
            host.turn(() => {
              order.push("turn 1");
              void (async () => {
                for (let step = 1; step <= 20; step++) await Promise.resolve();
                order.push("jobs of turn 1");
              })();
              return true;
            }, undefined);
            host.turn((subject: string) => {
              order.push(subject);
              return false;
            }, "turn 2");
            host.after(0, () => order.push("next event"), undefined);
            order.push("event");
          },
          undefined,
        );
      });
      await site.pass(delay);
      assert.deepEqual(order, ["event", "turn 1", "jobs of turn 1", "turn 2", "next event"]);
    });

    it("delivers to the members of a multicast group, from join to leave", async () => {
      const group = site.group();
      const members = [listener(), listener(), listener()];
      const sender = site.start(ignore);
      for (const { host } of members.slice(0, 2)) host.join(group);
      await site.pass(delay);
      sender.after(0, () => sender.send(group, bytes("one")), undefined);
      await site.pass(delay);
      members[1]!.host.leave(group);
      await site.pass(delay);
      sender.after(0, () => sender.send(group, bytes("two")), undefined);
      await site.pass(delay);
      const from = sender.address;
      assert.deepEqual(
        members.map(({ heard }) => heard),
        [
          [
            [from, "one"],
            [from, "two"],
          ],
          [[from, "one"]],
          [],
        ],
      );
    });

    it("forks random streams that depend only on the purpose", () => {
      const a = site.start(ignore);
      const draws = (purpose: string): number[] => {
        const stream = a.random.fork(purpose);
        return [stream.next(), stream.next(), stream.next()];
      };
      const before = draws("x");
      a.random.next();
      assert.deepEqual(draws("x"), before);
      assert.notDeepEqual(draws("y"), before);
      assert.ok(before.every((u) => u >= 0 && u < 1));
    });
  });
}
