/** How the figures of a run stand to the figures of theory and of publications, counted from their verdicts. */
import { inWords } from "../charts/points.ts";
import { modelOf, type Experiment } from "../experiment.ts";
import { meansOf, type CellSummary } from "../results/summary.ts";
import { verdictOf, type Verdict } from "../results/verdict.ts";
import { greatest, least } from "../statistics/moments.ts";
import { plural } from "./elements.ts";
import { cellTexts, figure, percent } from "./table.ts";

/** `none`: there is no figure to compare with. */
export type Word = Verdict["word"] | "none";

/** How often each word occurs among the figures of a run, and why figures are not as the model has them. */
export interface Standing {
  readonly counts: Readonly<Record<Word, number>>;
  /** Figures that agree, whose interval is narrow enough. */
  readonly sure: number;
  readonly replications: number;
  /** Cells without a replication that was asked for. */
  readonly lacking: number;
  /** Sentences. */
  readonly reasons: readonly string[];
}

interface Judged {
  readonly place: string;
  readonly measure: string;
  readonly word: Word;
  readonly error: number | null;
  readonly converged: boolean;
  readonly outside: string | null;
  /** Measured / model. */
  readonly ratio: number | null;
  /** What the model's figures are: closed form, published, predicted. */
  readonly label: string;
}

/** At most so many figures that differ are named. */
const named = 3;
/** The share of figures that chance alone puts beyond three standard errors. */
const beyondThreeSigmas = 0.0027;

function judgedOf(experiment: Experiment, cells: readonly CellSummary[]): Judged[] {
  const places = cellTexts(
    experiment,
    cells.map(({ parameters }) => parameters),
  );
  return cells.flatMap((cell, i) =>
    Object.entries(cell.measures).map(([measure, { converged, outside, ratio }]) => {
      const verdict = verdictOf(experiment, cell, measure);
      const label = modelOf(experiment, measure, cell.parameters, meansOf(cell))?.label ?? "";
      const { word = "none", error = null } = verdict ?? {};
      return { place: places[i]!, measure, word, error, converged, outside, ratio: ratio.mean, label };
    }),
  );
}

function differing(all: readonly Judged[], compared: number): string[] {
  const wrong = all
    .filter(({ word }) => word === "differs")
    .toSorted((a, b) => Math.abs(b.error ?? 0) - Math.abs(a.error ?? 0));
  if (wrong.length === 0) return [];
  const chance = Number((beyondThreeSigmas * compared).toPrecision(1));
  const told = wrong.slice(0, named).map(({ place, measure, error }) => {
    const where = place === "" ? "" : ` at ${place}`;
    return `${inWords(measure)}${where}${error === null ? "" : ` by ${percent(error)}`}`;
  });
  const more = wrong.length > named ? `; and ${wrong.length - named} more` : "";
  return [
    `${plural(wrong.length, "figure differs", "figures differ")}, where chance alone would make about ${chance} of ${compared} differ: ${told.join("; ")}${more}.`,
  ];
}

/** The assumptions that do not hold, each with what comes out then. Sentences that differ in numbers only are one. */
function outsideTexts(all: readonly Judged[]): string[] {
  const groups = new Map<string, Judged[]>();
  for (const judged of all) {
    if (judged.word !== "outside") continue;
    const key = (judged.outside ?? "").replace(/\d+(?:\.\d+)?/g, "0");
    groups.set(key, [...(groups.get(key) ?? []), judged]);
  }
  return [...groups.values()].map((group) => {
    const ratios = group.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
    const [low, high] = [least(ratios), greatest(ratios)].map(figure);
    const range = ratios.length === 0 ? "" : ` (${low === high ? low : `${low} to ${high}`} times its figure)`;
    const such = new Set(group.map(({ outside }) => outside)).size === 1 ? "" : "for instance, ";
    const assumption = (group[0]!.outside ?? "").replace(/\.$/, "");
    return `${plural(group.length, "figure lies", "figures lie")} outside the model${range}: ${such}${assumption}.`;
  });
}

function agreeing(all: readonly Judged[], compared: number): string[] {
  const right = all.filter(({ word }) => word === "agrees");
  if (compared === 0) return ["There is no figure to compare with."];
  if (right.length === 0) return [];
  const labels = [...new Set(right.map(({ label }) => label))].map((label) =>
    label === "closed form" ? "the closed form" : `the ${label} figure`,
  );
  const doubted = right.filter(({ converged }) => !converged).length;
  const doubt = doubted === 0 ? "" : `, ${doubted === right.length ? "all" : doubted} of them not converged`;
  return [
    `${right.length} of ${plural(compared, "figure", "figures")} ${right.length === 1 ? "agrees" : "agree"} with ${labels.join(" or ")}${doubt}.`,
  ];
}

export function standingOf(experiment: Experiment, cells: readonly CellSummary[], lacking: number): Standing {
  const all = judgedOf(experiment, cells);
  const count = (word: Word): number => all.filter((each) => each.word === word).length;
  const counts = {
    agrees: count("agrees"),
    differs: count("differs"),
    outside: count("outside"),
    scant: count("scant"),
    undecided: count("undecided"),
    none: count("none"),
  };
  const compared = all.length - counts.none;
  const reasons = [
    ...agreeing(all, compared),
    ...differing(all, counts.agrees + counts.differs),
    ...outsideTexts(all),
    ...(counts.scant === 0 ? [] : [`${plural(counts.scant, "figure rests", "figures rest")} on too few events.`]),
    ...(counts.undecided === 0
      ? []
      : [`${plural(counts.undecided, "figure has", "figures have")} no interval to judge by.`]),
    ...(lacking === 0
      ? []
      : [`${plural(lacking, "cell lacks", "cells lack")} replications: they failed, or were not run.`]),
  ];
  const sure = all.filter(({ word, converged }) => word === "agrees" && converged).length;
  const replications = cells.reduce((sum, cell) => sum + cell.replications, 0);
  return { counts, sure, replications, lacking, reasons };
}

export type ClaimState = "reproduced" | "differs" | "not yet";

/**
 * The state of a claim, by the runs that are about it. It differs if a figure differs although the assumptions of its
 * model hold. It is reproduced if none differs, some agree whose intervals are narrow enough, and no replication is
 * lacking.
 */
export function claimState(standings: readonly Standing[]): ClaimState {
  if (standings.some(({ counts }) => counts.differs > 0)) return "differs";
  const isWhole = standings.every(({ lacking }) => lacking === 0);
  return isWhole && standings.some(({ sure }) => sure > 0) ? "reproduced" : "not yet";
}
