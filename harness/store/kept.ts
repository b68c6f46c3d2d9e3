/** The part of a manifest about replications: which were computed by other code, which failed, which are missing. */
import { cellKey } from "../plan/grid.ts";
import type { Plan } from "../plan/plan.ts";
import { showRanges } from "../plan/ranges.ts";
import { computedBy, type Contents } from "./contents.ts";
import type { Identity } from "./identity.ts";
import type { Kept } from "./manifest.ts";

export function keptOf(
  plan: Plan,
  identity: Identity,
  contents: Contents,
  { command, reproducible }: Pick<Kept, "command" | "reproducible">,
): Kept {
  const accepted = new Map<string, [place: number, ranges: string][]>();
  const lacking = new Map<number, string>();
  plan.cells.forEach((cell, place) => {
    for (const [by, ranges] of contents.byOthers(cell, computedBy(identity, cell))) {
      accepted.set(by, [...(accepted.get(by) ?? []), [place, ranges]]);
    }
    const missing = contents.lacking(cell);
    if (missing.length > 0) lacking.set(place, showRanges(missing));
  });
  const places = new Map(plan.cells.map((cell, place) => [cellKey(cell), place]));
  return {
    identity,
    command,
    reproducible,
    failures: contents.failures().map(({ cell, replication, thrown }) => {
      return { cell: places.get(cellKey(cell))!, replication, error: thrown.message };
    }),
    accepted: [...accepted].map(([code, rows]) => ({ code, changes: [...(contents.accepted.get(code) ?? [])], rows })),
    lacking,
  };
}
