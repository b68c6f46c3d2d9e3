/** Where the parameters of an experiment have an effect. */
import type { Parameters, Plain, Values } from "./parameters.ts";

interface Condition<P extends Parameters> {
  of(p: Values<P>): boolean;
}

/** Conditions by parameter. A parameter without one has an effect everywhere. */
export type Matters<P extends Parameters> = { readonly [K in keyof P]?: Condition<P>["of"] };

/** Whether a parameter has an effect in some of these cells. */
export function matters(
  { matters: conditions }: { readonly matters?: Matters<Parameters> },
  name: string,
  cells: readonly { readonly parameters: Readonly<Record<string, Plain>> }[],
): boolean {
  const condition = conditions?.[name];
  return condition === undefined || cells.some(({ parameters }) => condition(parameters));
}
