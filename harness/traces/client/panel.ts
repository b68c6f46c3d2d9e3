/** A trace in a page: filters, moves, zooms, and tells the state of machines at a moment. ../panel.ts has its parts. */
import { Diagram } from "../diagram.ts";
import { firstDivergence } from "../divergence.ts";
import type { Selection } from "../heights.ts";
import { rowsFrom, selected, writtenItems } from "../select.ts";
import { stateAt } from "../state.ts";
import { timeText, type Measure } from "../texts.ts";
import type { Mark, TraceView } from "../view.ts";

/** What the page's maker puts into it. */
export interface TraceData {
  readonly view: TraceView;
  readonly marks: readonly Mark[];
}

/** Lines of text in the drawing at a time. */
const rows = 300;

const pen = document.createElement("canvas").getContext("2d")!;
const measure: Measure = (text, size, bold = false) => {
  pen.font = `${bold ? "bold " : ""}${size}px "DejaVu Sans", Verdana, sans-serif`;
  return pen.measureText(text).width;
};

export class TracePanel {
  readonly #root: HTMLElement;
  readonly #view: TraceView;
  readonly #marks: readonly Mark[];
  readonly #machines: HTMLFieldSetElement;
  readonly #threads: HTMLSelectElement;
  readonly #all: HTMLInputElement;
  readonly #position: HTMLInputElement;
  readonly #scroller: HTMLElement;
  readonly #drawing: HTMLElement;
  #selection: Selection;
  /** Places of what has a text, in the selection. */
  #written: readonly number[] = [];
  /** The number of the first of them that is drawn. */
  #start = 0;
  #zoom = 1;
  /** The place of the item whose moment the state is of. */
  #moment = -1;
  #diagram!: Diagram;

  /** Fills the parts within `root`. */
  constructor(root: HTMLElement, { view, marks }: TraceData) {
    this.#root = root;
    this.#view = view;
    const divergence = firstDivergence(view);
    this.#marks = divergence === undefined ? marks : [...marks, divergence];
    this.#machines = this.#part("machines");
    this.#threads = this.#part("threads");
    this.#all = this.#part("all");
    this.#position = this.#part("position");
    this.#scroller = this.#part("scroller");
    this.#drawing = this.#part("drawing");
    this.#selection = selected(view);
    this.#fillControls();
    this.#listen();
    this.#filter();
  }

  #part<E extends HTMLElement>(name: string): E {
    return this.#root.querySelector<E>(`.${name}`)!;
  }

  #draw(): void {
    const [view, written, start] = [this.#view, this.#written, this.#start];
    const part = rowsFrom(view, this.#selection, start, rows);
    const drawn = new Set(part.items);
    const shown = this.#marks.filter(({ events }) =>
      view.items.some(({ event }, at) => drawn.has(at) && events?.includes(event)),
    );
    this.#diagram = new Diagram(view, part, shown, "", measure);
    this.#drawing.innerHTML = this.#diagram.svg();
    this.#position.max = String(Math.max(0, written.length - 1));
    this.#position.value = String(start);
    const last = Math.min(start + rows, written.length);
    this.#part("range").textContent =
      written.length === 0 ? "Nothing of this is in the trace." : `Lines ${start + 1} to ${last} of ${written.length}`;
    this.#part<HTMLButtonElement>("earlier").disabled = start === 0;
    this.#part<HTMLButtonElement>("later").disabled = last >= written.length;
    this.#scale();
  }

  #scale(): void {
    const zoom = this.#zoom;
    const svg = this.#drawing.querySelector("svg")!;
    const box = svg.viewBox.baseVal;
    svg.setAttribute("width", String(box.width * zoom));
    svg.setAttribute("height", String(box.height * zoom));
    const names = this.#part("names");
    names.replaceChildren(
      ...[...this.#diagram.lanes].map(([machine, x]) => {
        const name = document.createElement("span");
        name.textContent = this.#view.machines[machine]!;
        name.style.left = `${x * zoom}px`;
        return name;
      }),
    );
    names.style.width = `${box.width * zoom}px`;
    this.#point();
  }

  /** Shows the moment: a line in the drawing, and the state of the machines. */
  #point(): void {
    const [view, moment] = [this.#view, this.#moment];
    const y = this.#diagram.heights.of.get(moment);
    const cursor = this.#part("cursor");
    cursor.hidden = y === undefined;
    if (y !== undefined) cursor.style.top = `${(y + 9) * this.#zoom}px`;
    const item = view.items[moment];
    this.#part("when").textContent =
      item === undefined ? "Click a moment in the diagram." : `State at ${timeText(item.time)}`;
    this.#part("event").textContent =
      item === undefined
        ? ""
        : `after event ${item.event}: ${view.machines[item.machine] ?? "network"}, ${item.text || item.type}`;
    const states = item === undefined ? [] : stateAt(view, moment);
    this.#part("states").replaceChildren(
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

  #filter(): void {
    const boxes = [...this.#machines.querySelectorAll("input")];
    const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    this.#selection = selected(this.#view, {
      ...(chosen.length === boxes.length ? {} : { machines: chosen }),
      ...(this.#threads.value === "" ? {} : { threads: [this.#threads.value] }),
      all: this.#all.checked,
    });
    this.#written = writtenItems(this.#view, this.#selection);
    // What was in view stays in view.
    this.#start = this.#moment < 0 ? 0 : this.#startBefore(this.#moment);
    this.#draw();
    this.#show();
  }

  /** The first line to draw, so that an item is in the middle. */
  #startBefore(place: number): number {
    const next = this.#written.findIndex((at) => at >= place);
    return Math.max(0, (next < 0 ? this.#written.length : next) - rows / 2);
  }

  /** Scrolls so that the moment is seen. */
  #show(): void {
    const y = this.#diagram.heights.of.get(this.#moment);
    if (y !== undefined) this.#scroller.scrollTop = y * this.#zoom - this.#scroller.clientHeight / 2;
  }

  /** Goes to the item at a place, wherever it lies. */
  #go(place: number): void {
    this.#moment = place;
    if (!this.#diagram.heights.of.has(place)) {
      this.#start = this.#startBefore(place);
      this.#draw();
    } else this.#point();
    this.#show();
  }

  #turn(lines: number): void {
    this.#start = Math.min(Math.max(0, this.#start + lines), Math.max(0, this.#written.length - 1));
    this.#draw();
    this.#scroller.scrollTop = 0;
  }

  #magnify(factor: number): void {
    this.#zoom = Math.min(4, Math.max(0.25, this.#zoom * factor));
    this.#scale();
    this.#show();
  }

  #fillControls(): void {
    const view = this.#view;
    for (const name of view.machines) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", value: name, checked: true });
      label.append(box, ` ${name}`);
      this.#machines.append(label);
    }
    for (const [id, name] of Object.entries(view.threads)) this.#threads.append(new Option(`${name} (${id})`, id));
    for (const { sentence, events, time } of this.#marks) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sentence });
      button.addEventListener("click", () => {
        const place = view.items.findLastIndex(({ event, time: at }) =>
          events === undefined ? at <= time : events.includes(event),
        );
        this.#go(place);
      });
      this.#part("marks").append(button);
    }
  }

  #listen(): void {
    const clicked = (name: string, act: () => void): void => this.#part(name).addEventListener("click", act);
    for (const control of [this.#machines, this.#threads, this.#all])
      control.addEventListener("change", () => this.#filter());
    this.#position.addEventListener("change", () => this.#turn(Number(this.#position.value) - this.#start));
    clicked("earlier", () => this.#turn(-rows));
    clicked("later", () => this.#turn(rows));
    clicked("larger", () => this.#magnify(1.25));
    clicked("smaller", () => this.#magnify(0.8));
    this.#part("scroller").addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.#magnify(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    });
    this.#drawing.addEventListener("click", (event) => {
      const y = (event.clientY - this.#drawing.getBoundingClientRect().top) / this.#zoom;
      let nearest = -1;
      for (const [place, height] of this.#diagram.heights.of) if (height <= y + 8) nearest = Math.max(nearest, place);
      if (nearest < 0) return;
      this.#moment = nearest;
      this.#point();
    });
    this.#scroller.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "+") this.#magnify(1.25);
    else if (event.key === "-") this.#magnify(0.8);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const isDown = event.key === "ArrowDown";
      const place = isDown
        ? this.#written.find((at) => at > this.#moment)
        : this.#written.findLast((at) => at < this.#moment);
      if (place !== undefined) this.#go(place);
    } else return;
    event.preventDefault();
  }
}
