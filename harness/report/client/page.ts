/** The program within a report: filters of runs and of lines, and charts that come to life when they come into view. */
import { Error as ErrorLevel, parse, View, type Spec } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { Handler } from "vega-tooltip";
import { TracePanel, type TraceData } from "../../traces/client/panel.ts";

function element<E extends HTMLElement>(id: string): E | null {
  return document.getElementById(id) as E | null;
}

/** Whether a text has all parts of a search, which commas separate. */
function hasAll(text: string, search: string): boolean {
  const whole = text.toLowerCase();
  return search
    .toLowerCase()
    .split(",")
    .every((part) => whole.includes(part.trim()));
}

/** The filter of runs, which shows and hides their sections and their lines in the list of contents. */
function filterRuns(form: HTMLFormElement): void {
  const runs = [...document.querySelectorAll<HTMLElement>("section.run")];
  const texts = new Map<HTMLElement, string>();
  const textOf = (run: HTMLElement): string => {
    if (!texts.has(run)) texts.set(run, run.textContent);
    return texts.get(run)!;
  };
  const apply = (): void => {
    const [search, experiment, word] = ["search", "experiment", "word"].map(
      (id) => element<HTMLInputElement | HTMLSelectElement>(id)!.value,
    ) as [string, string, string];
    let count = 0;
    for (const run of runs) {
      const { experiment: name, words = "" } = run.dataset;
      const isShown =
        (experiment === "" || name === experiment) &&
        (word === "" || words.split(" ").includes(word)) &&
        hasAll(textOf(run), search);
      run.hidden = !isShown;
      element(`entry-${run.id}`)!.hidden = !isShown;
      if (isShown) count++;
    }
    element("shown")!.textContent = `${count} of ${runs.length} runs are shown.`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}

/** The filter of a table's lines. */
function filterLines(field: HTMLInputElement): void {
  const label = field.closest<HTMLElement>(".lines")!;
  const rows = [...document.querySelectorAll<HTMLElement>(`#${field.dataset["table"]} tbody tr`)];
  const told = label.querySelector("output")!;
  field.addEventListener("input", () => {
    let count = 0;
    for (const row of rows) {
      // With spaces between the cells, as a reader sees them.
      const text = [...row.children].map(({ textContent }) => textContent).join(" ");
      row.hidden = !hasAll(text, field.value);
      if (!row.hidden) count++;
    }
    told.textContent = field.value === "" ? "" : `${count} of ${rows.length} lines`;
  });
  label.hidden = false;
}

/** What an element holds, which is compressed in the page. */
async function unpacked(from: Element): Promise<unknown> {
  const bytes = Uint8Array.from(atob(from.textContent), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(plain).text());
}

/** Draws a chart in place of its picture, with a button for each of its lines. */
async function enliven(figure: HTMLElement, specification: Spec): Promise<void> {
  const [picture, place] = [figure.querySelector("img")!, document.createElement("div")];
  const tooltip = new Handler();
  const view = new View(parse(specification, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: "svg",
    container: place,
    logLevel: ErrorLevel,
    tooltip: tooltip.call,
  });
  await view.runAsync();
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", picture.alt);
  picture.before(place);
  picture.hidden = true;
  figure.dataset["live"] = "true";
  const buttons = [...figure.querySelectorAll<HTMLButtonElement>("button[data-series]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      const chosen = buttons.filter(({ ariaPressed }) => ariaPressed === "true");
      view.signal(
        "chosen",
        chosen.map(({ dataset }) => dataset["series"]),
      );
      void view.runAsync();
    });
  }
  const group = figure.querySelector<HTMLElement>(".series");
  if (group !== null) group.hidden = false;
}

/** Fills the parts of a trace. */
async function openTrace(trace: HTMLElement): Promise<void> {
  const data = (await unpacked(trace.querySelector("script")!)) as TraceData;
  new TracePanel(trace.querySelector<HTMLElement>(".trace")!, data);
}

/** Charts and traces are drawn when they are about to be seen: a page of many opens at once. */
function enlivenSeen(): void {
  let specifications: Promise<unknown> | undefined;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        const figure = target as HTMLElement;
        const { chart } = figure.dataset;
        if (chart === undefined) {
          void openTrace(figure);
          continue;
        }
        specifications ??= unpacked(element("charts")!);
        void specifications.then(async (all) => enliven(figure, (all as readonly Spec[])[Number(chart)]!));
      }
    },
    { rootMargin: "200px" },
  );
  for (const figure of document.querySelectorAll("figure[data-chart], section.traced")) observer.observe(figure);
}

const form = element<HTMLFormElement>("filter");
if (form !== null) filterRuns(form);
for (const trace of document.querySelectorAll<HTMLElement>("section.traced")) {
  trace.dataset["live"] = "true";
  trace.querySelector<HTMLElement>(".trace")!.hidden = false;
}
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-table]")) filterLines(field);
enlivenSeen();
