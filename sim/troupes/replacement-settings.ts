/** What a troupe with replaced members is set to, as experiments name it: its policy, its chain, and what cannot be had. */
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { ReplacementModel } from "../theory/replacement-model.ts";

export interface PolicySettings {
  readonly policy: ReplacementPolicy["kind"];
  /** Of the policy `threshold`. */
  readonly threshold: number;
  /** Of the policies `eager` and `delayed`. */
  readonly repairers: "one" | "many";
  /** Of the policy `periodic`. */
  readonly period?: Milliseconds;
  /** Of the policy `delayed`. */
  readonly delay?: Milliseconds;
}

export interface ReplacementSettings extends PolicySettings {
  readonly members: number;
  /** Means. */
  readonly lifetime: Milliseconds;
  readonly replacement: Milliseconds;
  readonly detection: Milliseconds;
}

export function policyOf({ policy, threshold, repairers, period = 0, delay = 0 }: PolicySettings): ReplacementPolicy {
  switch (policy) {
    case "eager":
      return { kind: "eager", repairers };
    case "threshold":
      return { kind: "threshold", threshold };
    case "periodic":
      return { kind: "periodic", period };
    case "delayed":
      return { kind: "delayed", delay, repairers };
    case "none":
      return { kind: "none" };
  }
}

/** The chain takes the delay of detection for a part of the replacement time. */
export function modelOf(p: ReplacementSettings): ReplacementModel {
  const { members, lifetime, replacement, detection } = p;
  return { members, lifetime, replacement: replacement + detection, policy: policyOf(p) };
}

/** Why there can be no such troupe, in a sentence; null if there can. */
export function refusal({ detection }: ReplacementSettings): string | null {
  return detection > 0 && detection < 1000 ? `detection ${detection}ms: expected 0s, or at least 1s` : null;
}
