/** Which assumptions of the chains of replacement-model.ts a scenario breaks. */

/** Names and times as in the `replacement` experiment. */
export interface Assumed {
  readonly members: number;
  readonly policy: "eager" | "threshold" | "periodic" | "delayed" | "none";
  readonly repairers: "one" | "many";
  readonly detection: number;
  readonly state: number;
  readonly lifetimeLaw: string;
  readonly replacementLaw: string;
  readonly comebackLaw: string;
  readonly spares: number;
  readonly racks: number;
  readonly trace: string;
}

/** Whether machines that have failed are waited for. */
export function waits({ policy }: Pick<Assumed, "policy">): boolean {
  return policy === "delayed" || policy === "none";
}

/** A sentence; null if all hold. */
export function brokenAssumptions(p: Assumed): string | null {
  const broken: string[] = [];
  if (p.detection > 0) {
    broken.push("the delay of detection is a part of an exponential replacement time");
    if (p.members > 1) broken.push("newcomers need not wait until the dead are known");
  }
  if (p.state > 0) broken.push("state is transferred in no time");
  if (p.trace !== "") broken.push("the nodes of the trace fail independently, at one constant rate");
  else if (p.lifetimeLaw !== "exponential") broken.push("lifetimes are exponential");
  if (waits(p) && (p.trace !== "" || p.comebackLaw !== "exponential")) {
    broken.push("machines come back after exponential times");
  }
  if (p.policy !== "none" && p.replacementLaw !== "exponential") broken.push("replacement times are exponential");
  return broken.length === 0 ? null : `it assumes that ${broken.join(", that ")}.`;
}

/** The same for shares of time: those of places that are looked after by themselves depend on means alone (S. M. Ross, chapter 7). */
export function brokenAssumptionsOfShares(p: Assumed): string | null {
  const { policy } = p;
  const alone = p.spares === 0 && p.racks === 0 && (p.repairers === "many" || policy === "none");
  const law = "exponential";
  if (alone && policy === "eager") return brokenAssumptions({ ...p, lifetimeLaw: law, replacementLaw: law });
  if (alone && policy === "none") return brokenAssumptions({ ...p, lifetimeLaw: law, comebackLaw: law });
  return brokenAssumptions(alone && policy === "delayed" ? { ...p, lifetimeLaw: law } : p);
}
