/** What theory says of replacement policies, against special cases worked out by hand. */
import assert from "node:assert/strict";
import type { ReplacementPolicy } from "../../../protocols/troupe/replacement-policy.ts";
import {
  replacementRate,
  requiredReplacement,
  shareBelow,
  sharesOfTime,
  timeToTotalLoss,
} from "../../../sim/theory/replacement-model.ts";
import { near } from "../../near.ts";

const many = { kind: "eager", repairers: "many" } as const;
const one = { kind: "eager", repairers: "one" } as const;

describe("the theory of replacement", () => {
  it("is binomial with parallel replacement, at any depth", () => {
    const shares = sharesOfTime({ members: 5, lifetime: 9, replacement: 1, policy: many })!;
    near(shares[0]!, 1e-5);
    near(shares[1]!, 5 * 0.9 * 1e-4);
    near(shareBelow({ members: 7, lifetime: 999, replacement: 1, policy: many }, 1), 1e-21);
    near(shareBelow({ members: 3, lifetime: 9, replacement: 1, policy: many }, 2), 0.028);
  });

  it("is Erlang's repairman with one repairer", () => {
    // By hand, with ratio r = replacement/lifetime: shares 1, 2r, 2r^2 for 2, 1 and 0 of two members.
    const r = 0.25;
    const whole = 1 + 2 * r + 2 * r * r;
    const shares = sharesOfTime({ members: 2, lifetime: 4, replacement: 1, policy: one })!;
    near(shares[2]!, 1 / whole);
    near(shares[1]!, (2 * r) / whole);
    near(shares[0]!, (2 * r * r) / whole);
  });

  it("takes 3/2 lives and r^-1/2 more for two members to be lost", () => {
    // Mean time to failure of a repairable pair: (3L + M) / (2 L^2), with rates L of failure and M of replacement.
    const [L, M] = [0.2, 3];
    for (const policy of [many, one]) {
      near(timeToTotalLoss({ members: 2, lifetime: 1 / L, replacement: 1 / M, policy }), (3 * L + M) / (2 * L * L));
    }
    // Nobody repairs before all are lost: 1 + 1/2 + 1/3 lives.
    near(timeToTotalLoss({ members: 3, lifetime: 6, replacement: 1, policy: { kind: "threshold", threshold: 0 } }), 11);
  });

  it("knows a troupe from its beginning with all members, where long-run shares are too high", () => {
    const cases = [
      { members: 3, lifetime: 20, replacement: 1, horizon: 20, unavailability: 1.06e-4, loss: 3406 },
      { members: 4, lifetime: 10, replacement: 2, horizon: 5, unavailability: 3.167e-4, loss: 1498 },
      { members: 5, lifetime: 10, replacement: 2, horizon: 5, unavailability: 4.542e-5, loss: 8472 },
    ];
    for (const { horizon, unavailability, loss, ...troupe } of cases) {
      const model = { ...troupe, policy: many };
      near(shareBelow(model, 1, { from: horizon / 10, to: horizon }), unavailability, 3e-4);
      near(timeToTotalLoss(model, horizon), loss, 3e-4);
    }
    near(timeToTotalLoss({ members: 3, lifetime: 10, replacement: 2, policy: many }), 160);
    near(timeToTotalLoss({ members: 3, lifetime: 10, replacement: 2, policy: many }, 5), 274.3, 1e-4);
  });

  it("begins with all members: one is down with probability p (1 - e^-(L+M)t)", () => {
    const [L, M] = [0.1, 0.5];
    const [from, to] = [1, 4];
    const p = L / (L + M);
    const decay = (Math.exp(-(L + M) * from) - Math.exp(-(L + M) * to)) / ((L + M) * (to - from));
    const model = { members: 1, lifetime: 1 / L, replacement: 1 / M, policy: many };
    near(shareBelow(model, 1, { from, to }), p * (1 - decay));
    near(replacementRate(model, { from, to }), p * (1 - decay) * M);
  });

  it("forgets its beginning, to the last digit of what is rare", () => {
    const model = { members: 5, lifetime: 1000, replacement: 1, policy: many };
    near(shareBelow(model, 1, { from: 2e4, to: 2e5 }), shareBelow(model, 1)!, 1e-8);
    near(replacementRate(model, { from: 2e4, to: 2e5 }), replacementRate(model)!, 1e-8);
    near(timeToTotalLoss(model, 1e9), timeToTotalLoss(model)!, 1e-6);
    const threshold = { ...model, policy: { kind: "threshold", threshold: 1 } } as const;
    near(shareBelow(threshold, 1, { from: 1e5, to: 1e6 }), shareBelow(threshold, 1)!, 1e-8);
    near(replacementRate(threshold, { from: 1e5, to: 1e6 }), replacementRate(threshold)!, 1e-8);
  });

  it("has cycles of failure and replacement of all with threshold 0", () => {
    const model = { members: 3, lifetime: 6, replacement: 2, policy: { kind: "threshold", threshold: 0 } } as const;
    near(shareBelow(model, 1), 2 / 13);
    near(replacementRate(model), 3 / 13);
  });

  it("with a threshold, includes those that fail meanwhile", () => {
    // Two members, replaced at one survivor: 2 -> 1 at 2L; 1 -> 2 at M, 1 -> 0 at L; 0 -> 2 at M.
    const [L, M] = [0.5, 2];
    const whole = 1 / (2 * L) + 1 / (L + M) + L / (L + M) / M;
    const model = {
      members: 2,
      lifetime: 1 / L,
      replacement: 1 / M,
      policy: { kind: "threshold", threshold: 1 },
    } as const;
    near(shareBelow(model, 1), L / (L + M) / M / whole);
  });

  it("with visits, is up for (1 - e^-x) / x of the time if replacement takes none, and eager if visits are endless", () => {
    const visits = (period: number, replacement: number) =>
      shareBelow({ members: 1, lifetime: 1, replacement, policy: { kind: "periodic", period } }, 1);
    near(visits(2, 1e-7), 1 - (1 - Math.exp(-2)) / 2, 1e-6);
    near(visits(1e-4, 0.5), 1 / 3, 1e-3);
    near(
      replacementRate({ members: 2, lifetime: 3, replacement: 1, policy: { kind: "periodic", period: 1e-4 } }),
      replacementRate({ members: 2, lifetime: 3, replacement: 1, policy: { kind: "threshold", threshold: 1 } })!,
      1e-3,
    );
  });

  it("waits for machines to come back: for an endless delay none is replaced, for no delay both race", () => {
    const shares = (policy: ReplacementPolicy, comeback: number) =>
      sharesOfTime({ members: 1, lifetime: 9, replacement: 2, policy, comeback })![0]!;
    const delayed = (delay: number): ReplacementPolicy => ({ kind: "delayed", delay, repairers: "many" });
    near(shares({ kind: "none" }, 1), 0.1);
    near(shares(delayed(1e6), 1), 0.1);
    near(shares(delayed(0), 2), 0.1);
    near(shares(delayed(3), Infinity), 5 / 14);
    // One fails in 9 + 1 units of time, and the replacement wins every other race.
    const model = { members: 1, lifetime: 9, replacement: 2, policy: delayed(0), comeback: 2 };
    near(replacementRate(model), 0.05);
    assert.equal(sharesOfTime({ ...model, members: 2, policy: { kind: "delayed", delay: 1, repairers: "one" } }), null);
  });

  it("with no spare, replaces a machine when it is repaired; with very many, as if there were no end of them", () => {
    const model = { members: 2, lifetime: 6, replacement: 1, policy: many };
    near(shareBelow({ ...model, spares: { number: 0, repair: 2 } }, 1), 1 / 9);
    near(shareBelow({ ...model, spares: { number: 40, repair: 1 } }, 1), 1 / 49);
    near(shareBelow({ ...model, policy: one, spares: { number: 40, repair: 1 } }, 1), 1 / 25);
    assert.equal(timeToTotalLoss({ ...model, spares: { number: 1, repair: 1 } }), null);
    // One member and one spare, one after the other or not: by hand, from the balance of (living, in repair).
    const [L, M, R] = [1 / 6, 1, 1 / 2];
    const single = { ...model, members: 1, spares: { number: 1, repair: 1 / R } };
    const up1 = 1;
    // (0,1) -> (1,1) at M; (0,2) -> (0,1) at 2R; (1,1) -> (1,0) at R, (0,2) at L; (0,1) -> (0,0) at R; (0,0) -> (1,0)
    // at M.
    const down2 = (L * up1) / (2 * R);
    // In balance: (0,2), (1,1), (0,0), (1,0).
    const down1 = ((R + L) * up1) / M;
    const down0 = (R * down1) / M;
    const start = (R * up1 + M * down0) / L;
    const whole = start + up1 + down0 + down1 + down2;
    near(shareBelow(single, 1), (down0 + down1 + down2) / whole);
  });

  it("with racks, is down with them: a rack of all, racks of one each", () => {
    const model = { members: 1, lifetime: 6, replacement: 1e-9, policy: many };
    const racks = { inside: [1], lifetime: 9, repair: 1 };
    near(shareBelow({ ...model, racks }, 1), 0.1, 1e-8);
    near(shareBelow({ ...model, members: 2, racks: { ...racks, inside: [1, 1] } }, 1), 0.01, 1e-8);
    near(shareBelow({ ...model, members: 2, racks: { ...racks, inside: [2] } }, 1), 0.1, 1e-8);
    near(
      timeToTotalLoss({ ...model, members: 2, replacement: 1, racks: { ...racks, inside: [2], lifetime: 1e-3 } }),
      1e-3,
      1e-3,
    );
    near(replacementRate({ ...model, racks }), 0.9 * (1 / 6 + 1 / 9), 1e-8);
  });

  it("asks for the replacement times of the dissertation", () => {
    // Lifetime 1 h, 99.9%: 6 min 40 s with three members, about 20 min with five.
    near(requiredReplacement(3, 60, 0.999), 6 + 2 / 3);
    near(requiredReplacement(5, 60, 0.999), 20, 0.01);
  });
});
