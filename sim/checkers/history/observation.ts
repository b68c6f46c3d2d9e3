/** What each transaction of a history has seen and written of each object; and what is wrong in itself. */
import { BadData } from "../../bad-data.ts";
import type { Findings } from "../violation.ts";
import type { Access, Transaction, Value } from "./history.ts";
import { ObjectVersions, type Kind, type Version } from "./versions.ts";

const kinds: Readonly<Record<Exclude<Access["kind"], "read">, Kind>> = {
  write: "register",
  append: "list",
  increment: "counter",
};

/** What one transaction has seen and done of one object so far. */
interface Progress {
  /** What a read must answer now; undefined if that is not known. */
  value: Value | readonly Value[] | undefined;
  /** The latest version before those of its own, if that is known. */
  seen: Version | undefined;
  /** Its own latest version. */
  written: Version | undefined;
  /** Of a list whose elements it has not read: what it has appended. */
  readonly appended: Value[];
}

export function show(value: Access["value"]): string {
  return JSON.stringify(value ?? null);
}

export class Observation {
  readonly objects: ObjectVersions[] = [];
  readonly #byName = new Map<string, ObjectVersions>();
  readonly #transactions: readonly Transaction[];
  readonly #findings: Findings;
  readonly #progress = new Map<ObjectVersions, Progress>();

  /** @throws BadData for an object of two kinds, or a value that two transactions write. */
  constructor(transactions: readonly Transaction[], findings: Findings) {
    this.#transactions = transactions;
    this.#findings = findings;
    for (const transaction of transactions) this.#noteKinds(transaction);
    transactions.forEach((transaction, number) => this.#noteWriters(transaction, number));
    transactions.forEach((transaction, number) => {
      if (transaction.outcome === "committed") this.#observe(transaction, number);
    });
    for (const object of this.objects) object.order();
  }

  #add(number: number, what: string): void {
    this.#findings.add(this.#transactions[number]!.time, what);
  }

  #noteKinds({ name, accesses }: Transaction): void {
    for (const { object: of, kind, value } of accesses) {
      let object = this.#byName.get(of);
      const found = kind !== "read" ? kinds[kind] : Array.isArray(value) ? "list" : undefined;
      if (object === undefined) {
        object = new ObjectVersions(of, this.objects.length);
        this.objects.push(object);
        this.#byName.set(of, object);
        object.kind = found ?? "register";
      } else if (found !== undefined && found !== object.kind) {
        // A read of a number fits registers and counters.
        if (object.isSettled)
          throw new BadData(`${name} takes ${of} for a ${found}, and an earlier transaction for a ${object.kind}.`);
        object.kind = found;
      }
      if (found !== undefined) object.isSettled = true;
    }
  }

  #noteWriters({ name, outcome, accesses }: Transaction, number: number): void {
    for (const { kind, object: of, value } of accesses) {
      if (kind === "read") continue;
      const object = this.#byName.get(of)!;
      if (value === undefined) {
        if (kind === "increment" && outcome === "unknown") object.unknownIncrements++;
        continue;
      }
      const version = object.version(value as Value);
      if (version === object.initial) {
        throw new BadData(`${name} writes ${show(value)} to ${of}, which stands for the value before all writes.`);
      }
      const [writer] = version.writers;
      if (writer === undefined || kind === "increment") version.writers.push(number);
      // What has failed may have been tried again, as another transaction.
      else if (this.#transactions[writer]!.outcome === "failed") version.writers[0] = number;
      else if (outcome !== "failed") {
        const other = this.#transactions[writer]!.name;
        throw new BadData(
          `${other} and ${name} both write ${show(value)} to ${of}, so that reads do not tell them apart; expected different values.`,
        );
      }
    }
  }

  #observe({ name, accesses }: Transaction, number: number): void {
    const progress = this.#progress;
    for (const { kind, object: of, value } of accesses) {
      if (value === undefined) continue;
      const object = this.#byName.get(of)!;
      let now = progress.get(object);
      if (now === undefined) {
        now = { value: undefined, seen: undefined, written: undefined, appended: [] };
        progress.set(object, now);
      }
      if (kind === "read") {
        if (now.value === undefined) this.#read(object, now, value, number);
        else if (!isSame(now.value, value)) {
          this.#add(
            number,
            `${name} read ${show(value)} of ${of}, where its own earlier accesses left ${show(now.value)}`,
          );
        }
      } else this.#write(object, now, value as Value, number);
    }
    for (const { seen } of progress.values()) seen?.readers.push(number);
    progress.clear();
  }

  /** The first read, or the first of a list to which the transaction has appended only. */
  #read(object: ObjectVersions, now: Progress, value: Value | readonly Value[], number: number): void {
    now.value = value;
    if (!Array.isArray(value)) {
      now.seen = object.version(value as Value);
      return;
    }
    const elements = value as readonly Value[];
    const before = elements.length - now.appended.length;
    if (before < 0 || !isSame(elements.slice(before), now.appended)) {
      this.#add(
        number,
        `${this.#transactions[number]!.name} read ${show(value)} of ${object.name}, which does not end with what itself had appended, ${show(now.appended)}`,
      );
      return;
    }
    now.seen = before === 0 ? object.initial : object.version(elements[before - 1]!);
    const [shorter, longer] =
      elements.length > object.longest.length ? [object.longest, elements] : [elements, object.longest];
    if (shorter.every((element, i) => element === longer[i])) {
      if (longer === elements) [object.longest, object.longestReader] = [elements, number];
    } else if (!object.contradictory) {
      object.contradictory = true;
      const [own, other] = [number, object.longestReader].map((each) => this.#transactions[each]!.name);
      const place = shorter.findIndex((element, at) => element !== longer[at]);
      const [mine, theirs] = [elements, object.longest].map((list) => show(list[place]));
      this.#add(
        number,
        `incompatible order: element ${place + 1} of ${object.name} is ${mine!} in what ${own!} read, and ${theirs!} in what ${other!} read`,
      );
    }
  }

  #write(object: ObjectVersions, now: Progress, value: Value, number: number): void {
    const version = object.version(value);
    const { name } = this.#transactions[number]!;
    if (object.kind === "counter") {
      const before = (value as number) - 1;
      if (now.value === undefined) now.seen = object.version(before);
      else if (now.value !== before) {
        this.#add(
          number,
          `${name} incremented ${object.name} to ${value}, where its own earlier accesses left ${show(now.value)}`,
        );
      }
    }
    if (now.seen === version)
      this.#add(number, `${name} read ${show(value)} of ${object.name} before it wrote that itself`);
    else if (now.written !== undefined) {
      now.written.intermediate = true;
      if (object.kind === "register") now.written.precede(version);
    } else if (object.kind === "register") now.seen?.precede(version);
    now.written = version;
    if (object.kind !== "list") now.value = value;
    else if (now.value === undefined) now.appended.push(value);
    else now.value = [...(now.value as readonly Value[]), value];
  }
}

function isSame(a: NonNullable<Access["value"]> | null, b: NonNullable<Access["value"]> | null): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((element, i) => element === b[i]);
}
