/**
 * Graphs of dependencies between transactions, and the circles in them.
 *
 * A history has a serial order if and only if its graph has no circle (Adya, Liskov and O'Neil, ICDE 2000). The graph
 * is kept in arrays of numbers: a million transactions have some millions of edges.
 */
import { Numbers } from "./numbers.ts";

/**
 * Kinds of edges, as bits. `ww`: the second transaction overwrites what the first has written; `wr`: reads what the
 * first has written; `rw`: overwrites what the first has read; `order`: comes later by a rule outside the data.
 * `pass` leads on from a joint: a node that is no transaction, and stands for many edges.
 */
export const edges = { ww: 1, wr: 2, rw: 4, order: 8, pass: 16 } as const;

/** One edge of a circle, joints left out. */
export interface Step {
  readonly from: number;
  readonly to: number;
  /** One bit of `edges`. */
  readonly kind: number;
  /** What the maker of the edge gave: a number of an object or of a rule. */
  readonly label: number;
}

/** Steps that a search for a short circle may take. Then the shortest found so far is the answer. */
const patience = 20_000_000;
/** Circles that are looked for at most. */
const most = 10;

export class Graph {
  /** The number of transactions. Joints have numbers from there on. */
  readonly transactions: number;
  #nodes: number;
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  readonly #kind = new Numbers();
  readonly #label = new Numbers();
  /** Edges by their first node: places in `#order` from `#first[node]` on. */
  #first = new Int32Array(0);
  #order = new Int32Array(0);

  constructor(transactions: number) {
    this.transactions = transactions;
    this.#nodes = transactions;
  }

  joint(): number {
    return this.#nodes++;
  }

  /** An edge of a node to itself means nothing, and is left out. */
  add(from: number, to: number, kind: number, label: number): void {
    if (from === to) return;
    this.#from.push(from);
    this.#to.push(to);
    this.#kind.push(kind);
    this.#label.push(label);
  }

  #index(): void {
    const count = this.#from.length;
    const from = this.#from.values;
    const first = new Int32Array(this.#nodes + 1);
    for (let edge = 0; edge < count; edge++) first[from[edge]! + 1]!++;
    for (let node = 0; node < this.#nodes; node++) first[node + 1]! += first[node]!;
    const order = new Int32Array(count);
    const next = first.slice();
    for (let edge = 0; edge < count; edge++) order[next[from[edge]!]!++] = edge;
    this.#first = first;
    this.#order = order;
  }

  /**
   * Circles, one for each set of transactions that reach each other, ten at most. `searches` are tried in order, and
   * the first that finds a circle in a set ends the search there. A search names the kinds of edges that the circle may
   * have. With `once`, the circle has exactly one edge of that kind besides.
   */
  circles(searches: readonly { readonly kinds: number; readonly once?: number }[]): Step[][] {
    this.#index();
    const all = searches.reduce<number>((kinds, search) => kinds | search.kinds | (search.once ?? 0), edges.pass);
    const circles: Step[][] = [];
    for (const nodes of this.#knots(all, undefined).slice(0, most)) {
      const within = new Set(nodes);
      for (const { kinds, once } of searches) {
        const circle =
          once === undefined
            ? this.#shortest(kinds | edges.pass, within)
            : this.#closed(kinds | edges.pass, once, within);
        if (circle === undefined) continue;
        circles.push(circle);
        break;
      }
    }
    return circles;
  }

  /** Sets of more than one node that reach each other (Tarjan 1972, without recursion). */
  #knots(kinds: number, within: ReadonlySet<number> | undefined): number[][] {
    const [first, order, to, kind] = [this.#first, this.#order, this.#to.values, this.#kind.values];
    const index = new Int32Array(this.#nodes);
    const low = new Int32Array(this.#nodes);
    const place = new Int32Array(this.#nodes);
    const open = new Uint8Array(this.#nodes);
    const stack: number[] = [];
    const path: number[] = [];
    const knots: number[][] = [];
    let counter = 0;
    const enter = (node: number): void => {
      index[node] = low[node] = ++counter;
      place[node] = first[node]!;
      open[node] = 1;
      stack.push(node);
      path.push(node);
    };
    const search = (root: number): void => {
      if (index[root] !== 0) return;
      enter(root);
      while (path.length > 0) {
        const node = path.at(-1)!;
        if (place[node]! < first[node + 1]!) {
          const edge = order[place[node]!++]!;
          const next = to[edge]!;
          if ((kind[edge]! & kinds) === 0 || (within !== undefined && !within.has(next))) continue;
          if (index[next] === 0) enter(next);
          else if (open[next] === 1) low[node] = Math.min(low[node]!, index[next]!);
          continue;
        }
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) low[above] = Math.min(low[above]!, low[node]!);
        if (low[node] !== index[node]) continue;
        const knot: number[] = [];
        for (let member = -1; member !== node;) {
          member = stack.pop()!;
          open[member] = 0;
          knot.push(member);
        }
        if (knot.length > 1) knots.push(knot);
      }
    };
    if (within === undefined) for (let node = 0; node < this.#nodes; node++) search(node);
    else for (const node of within) search(node);
    return knots;
  }

  /** The shortest circle of these kinds, or the shortest that patience finds. */
  #shortest(kinds: number, within: ReadonlySet<number>): Step[] | undefined {
    let best: Step[] | undefined = undefined;
    const effort = { left: patience };
    for (const nodes of this.#knots(kinds, within)) {
      const knot = new Set(nodes);
      for (const node of nodes.toSorted((a, b) => a - b)) {
        if (node >= this.transactions) continue;
        const path = this.#path(node, node, kinds, knot, effort);
        if (path !== undefined && (best === undefined || path.length < best.length)) best = path;
        if (best?.length === 2 || effort.left <= 0) return best;
      }
    }
    return best;
  }

  /** A short circle of one edge `once`, and of edges of these kinds besides. */
  #closed(kinds: number, once: number, within: ReadonlySet<number>): Step[] | undefined {
    let best: Step[] | undefined = undefined;
    const effort = { left: patience };
    for (const from of within) {
      for (let place = this.#first[from]!; place < this.#first[from + 1]!; place++) {
        const edge = this.#order[place]!;
        const to = this.#to.values[edge]!;
        if (this.#kind.values[edge] !== once || !within.has(to)) continue;
        const path = this.#path(to, from, kinds, within, effort, edge);
        if (path !== undefined && (best === undefined || path.length < best.length)) best = path;
        if (best?.length === 2 || effort.left <= 0) return best;
      }
    }
    return best;
  }

  /** The shortest way, with at least one edge; `before` is an edge that leads to its beginning. */
  #path(
    from: number,
    to: number,
    kinds: number,
    within: ReadonlySet<number>,
    effort: { left: number },
    before?: number,
  ): Step[] | undefined {
    const [first, order, ends, kind] = [this.#first, this.#order, this.#to.values, this.#kind.values];
    const cameBy = new Map<number, number>();
    let border = [from];
    while (border.length > 0 && !cameBy.has(to)) {
      const next: number[] = [];
      for (const node of border) {
        for (let place = first[node]!; place < first[node + 1]!; place++) {
          const edge = order[place]!;
          const end = ends[edge]!;
          effort.left--;
          if ((kind[edge]! & kinds) === 0 || cameBy.has(end) || !within.has(end)) continue;
          cameBy.set(end, edge);
          next.push(end);
        }
      }
      border = next;
    }
    if (!cameBy.has(to)) return undefined;
    const path: number[] = [];
    let node = to;
    do {
      const edge = cameBy.get(node)!;
      path.unshift(edge);
      node = this.#from.values[edge]!;
    } while (node !== from);
    return this.#steps(before === undefined ? path : [before, ...path]);
  }

  /** A circle of edges as steps between transactions: the kind is that of the edge into a joint. */
  #steps(circle: readonly number[]): Step[] {
    const from = this.#from.values;
    const begin = circle.findIndex((edge) => from[edge]! < this.transactions);
    const turned = [...circle.slice(begin), ...circle.slice(0, begin)];
    const steps: Step[] = [];
    let entered = -1;
    for (const edge of turned) {
      if (from[edge]! < this.transactions) entered = edge;
      const to = this.#to.values[edge]!;
      if (to >= this.transactions) continue;
      steps.push({
        from: from[entered]!,
        to,
        kind: this.#kind.values[entered]!,
        label: this.#label.values[edge]!,
      });
    }
    return steps;
  }
}
