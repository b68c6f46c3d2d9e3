/**
 * Judges a history that is right. Usage: histories.js KIND OPERATIONS.
 *
 * `registers`: calls of 1,000 registers, ten clients at each, half of them reads; the same history as in
 * peers/porcupine/main.go. `counter`: the same calls of one counter, each an increment. `lists`, `counters`:
 * transactions of four accesses, ten at a time.
 */
import type { Access, Transaction } from "../../sim/checkers/history/history.ts";
import { checkLinearizability } from "../../sim/checkers/history/linearizability.ts";
import { counter, register, type Operation, type RegisterCall } from "../../sim/checkers/history/models.ts";
import { checkSerializability } from "../../sim/checkers/history/serializability.ts";
import type { Violation } from "../../sim/checkers/violation.ts";
import { measured, print } from "./measured.ts";

let seed = 1985;

/** A whole number from 0 to 2^31 - 1: the generator is in the Go program as well. */
function draw(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed >>> 8;
}

interface Span {
  readonly client: number;
  readonly begun: number;
  readonly moment: number;
  readonly ended: number;
}

/** Spans of ten clients, one after the other at each, by the moments at which they take effect. */
function spans(count: number): Span[] {
  const free = Array.from({ length: 10 }, () => 0);
  const all: Span[] = [];
  for (let i = 0; i < count; i++) {
    const client = i % 10;
    const begun = free[client]! + (draw() % 50);
    const length = 1 + (draw() % 100);
    all.push({ client, begun, moment: begun + (draw() % length), ended: begun + length });
    free[client] = begun + length + 1;
  }
  return all.sort((a, b) => a.moment - b.moment);
}

function registers(count: number): () => Violation[] {
  const calls: Operation<RegisterCall, number | null>[] = [];
  let written = 0;
  for (let object = 0; object < 1000; object++) {
    let value: number | null = null;
    for (const { client, begun, ended } of spans(count / 1000)) {
      const call = { process: `${client}`, object: `x${object}`, name: "call", begun, ended, time: ended };
      if (draw() % 2 === 0) calls.push({ ...call, input: { kind: "read" }, output: value });
      else calls.push({ ...call, input: { kind: "write", value: (value = ++written) }, output: null });
    }
  }
  return () => checkLinearizability(calls, register(), {});
}

function oneCounter(count: number): () => Violation[] {
  const calls = spans(count).map(({ client, begun, ended }, i): Operation<number, number> => {
    return { process: `${client}`, object: "x", name: "call", input: 1, output: i + 1, begun, ended, time: ended };
  });
  return () => checkLinearizability(calls, counter(), {});
}

/** Half of the accesses are reads. */
function transactions(count: number, kind: "append" | "increment", objects: number): () => Violation[] {
  const values = Array.from({ length: objects }, () => ({ elements: [] as number[], number: 0 }));
  const history = spans(count / 4).map(({ client, begun, ended }, i): Transaction => {
    const accesses = Array.from({ length: 4 }, (): Access => {
      const at = draw() % objects;
      const value = values[at]!;
      const object = `x${at}`;
      if (draw() % 2 === 0) {
        return { kind: "read", object, value: kind === "append" ? value.elements.slice() : value.number };
      }
      value.elements.push(++value.number);
      return { kind, object, value: value.number };
    });
    return { process: `${client}`, name: `T${i}`, outcome: "committed", accesses, begun, ended, time: ended };
  });
  return () => checkSerializability(history, {});
}

function history(kind: string, count: number): () => Violation[] {
  if (kind === "registers") return registers(count);
  if (kind === "counter") return oneCounter(count);
  return kind === "lists" ? transactions(count, "append", 10_000) : transactions(count, "increment", 1000);
}

const [kind, operations] = [process.argv[2]!, Number(process.argv[3])];
history(kind, operations / 100)();
const judge = history(kind, operations);
const measurement = await measured(operations, () => {
  const [violation] = judge();
  return violation === undefined ? Promise.resolve() : Promise.reject(new Error(violation.sentence));
});
print(measurement);
