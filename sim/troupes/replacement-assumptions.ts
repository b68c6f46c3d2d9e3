/** The assumptions of the chains of replacement-model.ts that a scenario breaks. */

import type { ReplacementSettings } from "./replacement-settings.ts";

/** Names as in the `replacement` experiment. Default: exponential laws, and no spares, racks or trace. */
export interface Assumed extends ReplacementSettings {
  readonly state: number;
  readonly lifetimeLaw?: string;
  readonly replacementLaw?: string;
  readonly comebackLaw?: string;
  readonly spares?: number;
  readonly racks?: number;
  readonly trace?: string;
}

const exponential = "exponential";
const constant = "constant";

/** Whether the policy waits for failed machines to come back. */
export function waits({ policy }: Pick<Assumed, "policy">): boolean {
  return policy === "delayed" || policy === "none";
}

/** The broken assumptions in a sentence; null if all hold. */
export function brokenAssumptions(p: Assumed): string | null {
  const { lifetimeLaw = exponential, replacementLaw = exponential, comebackLaw = exponential, trace = "" } = p;
  const broken: string[] = [];
  if (p.detection > 0) {
    broken.push("the delay of detection is a part of an exponential replacement time");
    if (p.members > 1) broken.push("newcomers need not wait until the dead are known");
  }
  if (p.state > 0) broken.push("state is transferred in no time");
  if (trace !== "") broken.push("the nodes of the trace fail independently, at one constant rate");
  else if (lifetimeLaw !== exponential) broken.push("lifetimes are exponential");
  if (waits(p) && (trace !== "" || comebackLaw !== exponential)) {
    broken.push("machines come back after exponential times");
  }
  if (p.policy !== "none" && replacementLaw !== exponential) broken.push("replacement times are exponential");
  return broken.length === 0 ? null : `it assumes that ${broken.join(", that ")}.`;
}

/**
 * The broken assumptions for shares of time. If places are independent, shares of time depend on means alone (S. M.
 * Ross, chapter 7). The exception: nothing is random, and members that begin together fail together ever after.
 */
export function brokenAssumptionsOfShares(p: Assumed): string | null {
  const { policy, spares = 0, racks = 0 } = p;
  const inStep = p.lifetimeLaw === constant && (policy === "none" ? p.comebackLaw : p.replacementLaw) === constant;
  const alone = spares === 0 && racks === 0 && (p.repairers === "many" || policy === "none") && !inStep;
  if (alone && policy === "eager") {
    return brokenAssumptions({ ...p, lifetimeLaw: exponential, replacementLaw: exponential });
  }
  if (alone && policy === "none") {
    return brokenAssumptions({ ...p, lifetimeLaw: exponential, comebackLaw: exponential });
  }
  return brokenAssumptions(alone && policy === "delayed" ? { ...p, lifetimeLaw: exponential } : p);
}
