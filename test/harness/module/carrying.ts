/**
 * The course that each class of test/modules/state runs: one member is called, a second joins, both are called, a third
 * joins, all are called. What the three then show must be what one instance shows that was never moved.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadClass } from "../../../harness/load.ts";
import type { OrderingName } from "../../../protocols/call/server/ordering.ts";
import type { RingmasterBinding } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import type { Program } from "../../../protocols/program/program.ts";

export interface Shown {
  change(k: number): unknown;
  look(): unknown;
}

export type ShownClass = new (...args: unknown[]) => Shown;

/** A class to be carried: the file, the name that it is exported under, and the arguments of its constructor. */
export type Case = readonly [file: string, name: string, ...args: unknown[]];

/** A process of the course. `run` runs `main` in a thread of it. */
export interface Participant {
  readonly program: Program;
  readonly binding: RingmasterBinding;
  run<R>(main: () => Promise<R>): Promise<R>;
}

export function load(file: string, name: string): Promise<ShownClass> {
  // Of the sources: the compiled files are this package's own.
  const path = fileURLToPath(new URL(`../../../../test/modules/state/${file}`, import.meta.url));
  return loadClass(path, name) as Promise<ShownClass>;
}

/** What became of a class: what each member shows and what a lone instance shows; or the first error. */
export interface Outcome {
  readonly shown: unknown[];
  readonly expected: unknown;
  readonly error: unknown;
}

/** Runs all classes through the course at once, on the three members. `ordering`: of their calls. */
export async function runCourse(
  cases: readonly Case[],
  members: readonly Participant[],
  client: Participant,
  ordering: OrderingName = "none",
): Promise<Map<string, Outcome>> {
  const courses = await Promise.all(
    cases.map(async ([file, name, ...args]) => {
      const type = await load(file, name);
      return { name, type, args, alone: new type(...args), modules: [] as Shown[], error: undefined as unknown };
    }),
  );
  let k = 0;
  for (const member of members) {
    await member.run(async () => {
      await Promise.all(
        courses.map(async (course) => {
          if (course.error !== undefined) return;
          const module = new course.type(...course.args);
          try {
            await member.binding.joinTroupe(course.name, module, { ordering });
            course.modules.push(module);
          } catch (error) {
            course.error = error;
          }
        }),
      );
    });
    for (let calls = 0; calls < 2; calls++) {
      k++;
      await client.run(async () => {
        await Promise.all(
          courses.map(async (course) => {
            if (course.error !== undefined) return;
            try {
              const stub = await client.program.bind(course.type, course.name);
              await stub.change(k);
              course.alone.change(k);
            } catch (error) {
              course.error = error;
            }
          }),
        );
      });
    }
  }
  return new Map(
    courses.map(({ name, modules, alone, error }) => {
      const expected = error === undefined ? alone.look() : undefined;
      return [name, { shown: error === undefined ? modules.map((each) => each.look()) : [], expected, error }];
    }),
  );
}

export function isCarried({ shown, expected, error }: Outcome): void {
  if (error !== undefined) throw error as Error;
  assert.deepEqual(shown, [expected, expected, expected]);
}

export function isRefused({ error }: Outcome, sentence: RegExp): void {
  assert.ok(error instanceof Error, "it was not refused");
  assert.match(error.message, sentence);
}
