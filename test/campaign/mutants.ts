/** The whole catalogue of mutants in the campaign: each must be caught, and it is printed how. */
import { mutants } from "../../search/mutants/all.ts";
import { catchAll } from "../mutants/catch.ts";

const effort = { seeds: 20_000, limit: 120_000 };

/** Answers how many were not caught. */
export async function catchMutants(workers: number): Promise<number> {
  const began = performance.now();
  let missed = 0;
  for (const [{ name }, caught] of catchAll(mutants, workers, effort)) {
    const how = await caught;
    if (how === undefined) missed++;
    console.log(
      `${how === undefined ? "NOT CAUGHT" : "caught"}: ${name}\n  ${how?.slice(0, 150) ?? `${effort.seeds} seeds`}`,
    );
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`mutants: ${mutants.length}, ${missed} not caught, ${seconds.toFixed(0)} s`);
  return missed;
}
