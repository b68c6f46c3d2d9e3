/** What travels of an error that a procedure raises: its class's name, its message and its fields. */
import { builtInOf } from "./shapes.ts";

/** An error's own name; that of its class, if it has only the name of a built-in ancestor. */
export function nameOfError(error: Error): string {
  let above = Object.getPrototypeOf(error) as object | null;
  while (above !== null && builtInOf(above) === undefined) above = Object.getPrototypeOf(above) as object | null;
  const own: unknown = error.constructor?.name;
  return error.name === builtInOf(above)?.name && typeof own === "string" && own !== "" ? own : error.name;
}

/** The fields of an error, its cause among them; undefined if there are none. */
export function fieldsOfError(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!(error instanceof Error)) return undefined;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    const { value } = Object.getOwnPropertyDescriptor(error, key)!;
    if (key !== "name" && key !== "message" && key !== "stack" && value !== undefined) fields[key] = value;
  }
  if (Object.hasOwn(error, "cause") && error.cause !== undefined) fields["cause"] = error.cause;
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** Name and message of whatever was thrown: it need not be an Error, nor have a text. */
export function describeError(error: unknown): [name: string, text: string] {
  try {
    return error instanceof Error ? [String(nameOfError(error)), String(error.message)] : ["Error", String(error)];
  } catch {
    return ["Error", "an error that has no text"];
  }
}

/** Whether a value was written; false if it cannot be externalized. */
export function isWritten(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (problem) {
    if (problem instanceof TypeError) return false;
    throw problem;
  }
}
