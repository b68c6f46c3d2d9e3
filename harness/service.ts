/** A user's class in place of an experiment's built-in program: `--module ./bank.ts --call 'deposit alice 1'`. */
import type { Stub } from "../protocols/call/client/stub.ts";
import { proceduresOf, type ModuleClass } from "../protocols/call/module.ts";
import { RemoteError } from "../protocols/errors.ts";
import { didYouMean } from "../languages/nearest.ts";
import { BadData } from "../sim/bad-data.ts";
import type { Service } from "../sim/troupes/service.ts";
import { valueOf } from "./cli/values.ts";
import { loadClass } from "./load.ts";
import { file, text } from "./parameters.ts";

/** The parameters of an experiment that takes a user's class. */
export const serviceParameters = {
  module: file("", "a file that exports a class, as for `troupe serve`, in place of the built-in program"),
  call: text(
    "",
    "with module: the call that clients make, a method and its arguments as for `troupe call`, without blanks in them: 'deposit alice 1'; by default the first method without parameters",
  ),
} as const;

export interface ServiceSettings {
  readonly module: string;
  readonly call: string;
}

/** Why an experiment cannot have these settings, in a sentence; null if it can. */
export function refusalOfService({ module, call }: ServiceSettings): string | null {
  return call !== "" && module === "" ? `call "${call}" without a module: expected --module FILE too` : null;
}

/**
 * The class and the call of the settings, which name a module.
 *
 * @throws BadData if the file exports no such class, or the class has no such method
 */
export async function serviceOf({ module: path, call }: ServiceSettings): Promise<Service> {
  const type = (await loadClass(path)) as new () => object;
  const methods = proceduresOf(type as ModuleClass<object>);
  const [named, ...words] = call.split(/\s+/).filter((word) => word !== "");
  const prototype = type.prototype as Record<string, (...args: unknown[]) => unknown>;
  const method = named ?? methods.find((name) => prototype[name]!.length === 0);
  if (method === undefined) {
    throw new BadData(
      `${path}: every method of ${type.name} takes arguments: --call 'METHOD ARGUMENTS' says what is called.`,
    );
  }
  if (!methods.includes(method)) {
    const hint = didYouMean(method, methods) || ` It has ${methods.join(", ")}.`;
    throw new BadData(`${path}: ${type.name} has no method ${method}, which --call names.${hint}`);
  }
  const args = words.map(valueOf);
  return {
    type: type as ModuleClass<object>,
    make: () => new type(),
    call: async (stub) => {
      try {
        await (stub as Stub<Record<string, (...args: unknown[]) => unknown>>)[method]!(...args);
      } catch (error) {
        // The members have executed the call, and raised the error alike.
        if (!(error instanceof RemoteError)) throw error;
      }
    },
  };
}
