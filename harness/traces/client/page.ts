/** The program within a page of a trace: filters, moves, zooms, and tells the state of machines at a moment. */
import { Diagram } from "../diagram.ts";
import { firstDivergence } from "../divergence.ts";
import { rowsFrom, selected, writtenItems } from "../select.ts";
import { stateAt } from "../state.ts";
import { timeText, type Measure } from "../texts.ts";
import type { Mark, TraceView } from "../view.ts";

/** What the page's maker puts into it. */
interface PageData {
  readonly view: TraceView;
  readonly marks: readonly Mark[];
}

/** Lines of text in the drawing at a time. */
const rows = 300;

function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

const { view, marks: given } = JSON.parse(element("data").textContent) as PageData;
const divergence = firstDivergence(view);
const marks = divergence === undefined ? given : [...given, divergence];

const pen = document.createElement("canvas").getContext("2d")!;
const measure: Measure = (text, size, bold = false) => {
  pen.font = `${bold ? "bold " : ""}${size}px "DejaVu Sans", Verdana, sans-serif`;
  return pen.measureText(text).width;
};

const machines = element<HTMLFieldSetElement>("machines");
const threads = element<HTMLSelectElement>("threads");
const all = element<HTMLInputElement>("all");
const position = element<HTMLInputElement>("position");
const scroller = element("scroller");
const drawing = element("drawing");
const names = element("names");
const cursor = element("cursor");

let selection = selected(view);
/** Places of what has a text, in the selection. */
let written: readonly number[] = [];
/** The number of the first of them that is drawn. */
let start = 0;
let zoom = 1;
/** The place of the item whose moment the state is of. */
let moment = -1;
let diagram: Diagram;

function draw(): void {
  const part = rowsFrom(view, selection, start, rows);
  const drawn = new Set(part.items);
  const shown = marks.filter(({ events }) =>
    view.items.some(({ event }, at) => drawn.has(at) && events?.includes(event)),
  );
  diagram = new Diagram(view, part, shown, "", measure);
  drawing.innerHTML = diagram.svg();
  position.max = String(Math.max(0, written.length - 1));
  position.value = String(start);
  const last = Math.min(start + rows, written.length);
  element("range").textContent =
    written.length === 0 ? "Nothing of this is in the trace." : `Lines ${start + 1} to ${last} of ${written.length}`;
  element<HTMLButtonElement>("earlier").disabled = start === 0;
  element<HTMLButtonElement>("later").disabled = last >= written.length;
  scale();
}

function scale(): void {
  const svg = drawing.querySelector("svg")!;
  const box = svg.viewBox.baseVal;
  svg.setAttribute("width", String(box.width * zoom));
  svg.setAttribute("height", String(box.height * zoom));
  names.replaceChildren(
    ...[...diagram.lanes].map(([machine, x]) => {
      const name = document.createElement("span");
      name.textContent = view.machines[machine]!;
      name.style.left = `${x * zoom}px`;
      return name;
    }),
  );
  names.style.width = `${box.width * zoom}px`;
  point();
}

/** Shows the moment: a line in the drawing, and the state of the machines. */
function point(): void {
  const y = diagram.heights.of.get(moment);
  cursor.hidden = y === undefined;
  if (y !== undefined) cursor.style.top = `${(y + 9) * zoom}px`;
  const item = view.items[moment];
  element("when").textContent =
    item === undefined ? "Click a moment in the diagram." : `State at ${timeText(item.time)}`;
  element("event").textContent =
    item === undefined
      ? ""
      : `after event ${item.event}: ${view.machines[item.machine] ?? "network"}, ${item.text || item.type}`;
  const states = item === undefined ? [] : stateAt(view, moment);
  element("states").replaceChildren(
    ...states.flatMap(({ machine, status, lives, lines }) => {
      const name = document.createElement("dt");
      name.textContent = `${machine}: ${status}${lives > 1 ? `, life ${lives}` : ""}`;
      name.className = status;
      const what = document.createElement("dd");
      what.replaceChildren(
        ...(lines.length === 0 ? ["idle"] : lines).map((line) =>
          Object.assign(document.createElement("p"), { textContent: line }),
        ),
      );
      return status === "not begun" ? [name] : [name, what];
    }),
  );
}

function filter(): void {
  const boxes = [...machines.querySelectorAll("input")];
  const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
  selection = selected(view, {
    ...(chosen.length === boxes.length ? {} : { machines: chosen }),
    ...(threads.value === "" ? {} : { threads: [threads.value] }),
    all: all.checked,
  });
  written = writtenItems(view, selection);
  // What was in view stays in view.
  const next = written.findIndex((at) => at >= moment);
  start = moment < 0 ? 0 : Math.max(0, (next < 0 ? written.length : next) - rows / 2);
  draw();
  show();
}

/** Scrolls so that the moment is seen. */
function show(): void {
  const y = diagram.heights.of.get(moment);
  if (y !== undefined) scroller.scrollTop = y * zoom - scroller.clientHeight / 2;
}

/** Goes to the item at a place, wherever it lies. */
function go(place: number): void {
  moment = place;
  if (!diagram.heights.of.has(place)) {
    const next = written.findIndex((at) => at >= place);
    start = Math.max(0, (next < 0 ? written.length : next) - rows / 2);
    draw();
  } else point();
  show();
}

function turn(lines: number): void {
  start = Math.min(Math.max(0, start + lines), Math.max(0, written.length - 1));
  draw();
  scroller.scrollTop = 0;
}

function magnify(factor: number): void {
  zoom = Math.min(4, Math.max(0.25, zoom * factor));
  scale();
  show();
}

function fillControls(): void {
  for (const [i, name] of view.machines.entries()) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), {
      type: "checkbox",
      value: name,
      checked: true,
      id: `machine-${i}`,
    });
    label.append(box, ` ${name}`);
    machines.append(label);
  }
  for (const [id, name] of Object.entries(view.threads)) threads.append(new Option(`${name} (${id})`, id));
  for (const { sentence, events, time } of marks) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sentence });
    button.addEventListener("click", () => {
      const place = view.items.findLastIndex(({ event, time: at }) =>
        events === undefined ? at <= time : events.includes(event),
      );
      go(place);
    });
    element("marks").append(button);
  }
}

fillControls();
machines.addEventListener("change", filter);
threads.addEventListener("change", filter);
all.addEventListener("change", filter);
position.addEventListener("change", () => turn(Number(position.value) - start));
element("earlier").addEventListener("click", () => turn(-rows));
element("later").addEventListener("click", () => turn(rows));
element("larger").addEventListener("click", () => magnify(1.25));
element("smaller").addEventListener("click", () => magnify(0.8));
scroller.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  magnify(event.deltaY < 0 ? 1.1 : 1 / 1.1);
});
drawing.addEventListener("click", (event) => {
  const y = (event.clientY - drawing.getBoundingClientRect().top) / zoom;
  let nearest = -1;
  for (const [place, height] of diagram.heights.of) if (height <= y + 8) nearest = Math.max(nearest, place);
  if (nearest < 0) return;
  moment = nearest;
  point();
});
scroller.addEventListener("keydown", (event) => {
  if (event.key === "+") magnify(1.25);
  else if (event.key === "-") magnify(0.8);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const isDown = event.key === "ArrowDown";
    const place = isDown ? written.find((at) => at > moment) : written.findLast((at) => at < moment);
    if (place !== undefined) go(place);
  } else return;
  event.preventDefault();
});
filter();
