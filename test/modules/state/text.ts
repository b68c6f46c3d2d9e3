/** A text in which all that differs in a value differs. */
export function text(value: unknown): string {
  if (value instanceof Map) return `map ${text([...value])}`;
  if (value instanceof Set) return `set ${text([...(value as Set<unknown>)])}`;
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  if (typeof value === "object" && value !== null) return `{${Object.entries(value).map(([k, v]) => `${k}:${text(v)}`).join()}}`; // prettier-ignore
  return typeof value === "bigint"
    ? `${value}n`
    : Object.is(value, -0)
      ? "-0"
      : typeof value === "string"
        ? JSON.stringify(value)
        : String(value);
}
