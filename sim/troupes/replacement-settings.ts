/**
 * The settings of a troupe with replaced members, as experiments name them: its policy, its chain, and refused
 * settings.
 */
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { ReplacementModel } from "../theory/replacement-model.ts";

export interface PolicySettings {
  readonly policy: ReplacementPolicy["kind"];
  /** For the policy `threshold`. */
  readonly threshold: number;
  /** For the policies `eager` and `delayed`. */
  readonly repairers: "one" | "many";
  /** For the policy `periodic`. */
  readonly period?: Milliseconds;
  /** For the policy `delayed`. */
  readonly delay?: Milliseconds;
}

export interface ReplacementSettings extends PolicySettings {
  readonly members: number;
  /** Mean times: `lifetime`, `replacement` and `detection`. */
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

/** The model of a troupe. Its replacement time includes the delay of detection. */
export function modelOf(p: ReplacementSettings): ReplacementModel {
  const { members, lifetime, replacement, detection } = p;
  return { members, lifetime, replacement: replacement + detection, policy: policyOf(p) };
}

/** Why a troupe cannot have these settings, in a sentence; null if it can. */
export function refusal({ detection }: ReplacementSettings): string | null {
  return detection > 0 && detection < 1000 ? `detection ${detection}ms: expected 0s, or at least 1s` : null;
}
