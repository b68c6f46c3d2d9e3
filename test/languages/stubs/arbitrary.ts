/** Random types of the intermediate form, each with its values. */
import fc from "fast-check";
import { type Form, type Predefined, simple } from "../../../languages/stubs/form.ts";

export interface Typed {
  readonly form: Form;
  readonly value: fc.Arbitrary<unknown>;
}

const text = fc.string({ unit: "grapheme", maxLength: 20 });

const values: Readonly<Record<Predefined, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  cardinal: fc.integer({ min: 0, max: 0xffff }),
  "long cardinal": fc.integer({ min: 0, max: 0xffffffff }),
  "hyper cardinal": fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  integer: fc.integer({ min: -0x8000, max: 0x7fff }),
  "long integer": fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  "hyper integer": fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  unspecified: fc.integer({ min: 0, max: 0xffff }),
  real: fc.double(),
  "short real": fc.float(),
  string: text,
  text,
  bytes: fc.uint8Array({ maxLength: 9 }),
  bigint: fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
  date: fc.date({ noInvalidDate: true }),
  nothing: fc.constant(undefined),
  plain: fc.jsonValue({ maxDepth: 2 }),
};

const predefinedType: fc.Arbitrary<Typed> = fc
  .constantFrom(...(Object.keys(values) as Predefined[]))
  .map((type) => ({ form: simple(type), value: values[type] }));

const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 5 });

const enumerationType: fc.Arbitrary<Typed> = numbers.map((all) => ({
  form: { kind: "enumeration", items: all.map((number, i) => ({ value: `item${i}`, number })) },
  value: fc.constantFrom(...all.map((_, i) => `item${i}`)),
}));

/** Keys that can be told apart. */
const keyType: fc.Arbitrary<Typed> = fc
  .constantFrom<Predefined>("text", "long integer", "boolean", "hyper integer")
  .map((type) => ({ form: simple(type), value: values[type] }));

function tupleOf(types: readonly Typed[]): fc.Arbitrary<unknown[]> {
  return fc.tuple(...types.map(({ value }) => value));
}

function recordOf(types: readonly Typed[], offset = 0): Typed {
  const fields = types.map(({ form }, i) => {
    const name = `f${i + offset}`;
    return form.kind === "optional" && form.absent === undefined ? { name, form, missing: true } : { name, form };
  });
  const value = tupleOf(types).map((all) => {
    const entries = all.map((each, i): [string, unknown] => [fields[i]!.name, each]);
    // A field that may be missing is missing, not undefined.
    return Object.fromEntries(entries.filter(([, each], i) => !("missing" in fields[i]!) || each !== undefined));
  });
  return { form: { kind: "record", fields }, value };
}

function choiceOf(types: readonly Typed[], all: readonly number[], flat: boolean): Typed {
  const arms = types.slice(0, all.length).map((type, i) => ({
    type: flat ? recordOf([type], i) : type,
    value: `arm${i}`,
    number: all[i]!,
  }));
  const content = flat ? undefined : "value";
  const value = fc.oneof(
    ...arms.map((arm) =>
      arm.type.value.map((chosen) => {
        if (flat) return { kind: arm.value, ...(chosen as object) };
        const { form } = arm.type;
        return form.kind === "predefined" && form.type === "nothing"
          ? { kind: arm.value }
          : { kind: arm.value, value: chosen };
      }),
    ),
  );
  return {
    form: {
      kind: "choice",
      tag: "kind",
      content,
      arms: arms.map(({ type, value: tag, number }) => ({ value: tag, number, form: type.form })),
    },
    value,
  };
}

/** Types that say nothing of undefined themselves, so that an optional one can. */
const isSolid = ({ form }: Typed): boolean =>
  form.kind !== "optional" && !(form.kind === "predefined" && (form.type === "nothing" || form.type === "plain"));

export const typed: fc.Arbitrary<Typed> = fc.letrec<{ type: Typed }>((tie) => {
  const type = tie("type");
  const several = fc.array(type, { minLength: 1, maxLength: 4 });
  return {
    type: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      predefinedType,
      enumerationType,
      type.map(({ form, value }) => ({
        form: { kind: "array", length: 3, of: form } as Form,
        value: fc.array(value, { minLength: 3, maxLength: 3 }),
      })),
      type.map(({ form, value }) => ({
        form: { kind: "sequence", limit: 5, of: form } as Form,
        value: fc.array(value, { maxLength: 5 }),
      })),
      keyType.map(({ form, value }) => ({
        form: { kind: "set", of: form } as Form,
        value: fc.uniqueArray(value).map((all) => new Set(all)),
      })),
      fc.tuple(keyType, type, fc.constantFrom("kept" as const, "sorted" as const)).map(([key, item, order]) => ({
        form: { kind: "map", order, key: key.form, of: item.form } as Form,
        value: fc.array(fc.tuple(key.value, item.value), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      })),
      type.map(({ form, value }) => ({
        form: { kind: "dictionary", of: form } as Form,
        value: fc.dictionary(text, value, { maxKeys: 3, noNullPrototype: true }),
      })),
      fc.tuple(type.filter(isSolid), fc.constantFrom(undefined, null)).map(([of, absent]) => ({
        form: { kind: "optional", absent, of: of.form } as Form,
        value: fc.option(of.value, { nil: absent }),
      })),
      several.map((types) => recordOf(types)),
      several.map((types) => ({
        form: { kind: "tuple", items: types.map(({ form }) => form) } as Form,
        value: tupleOf(types),
      })),
      fc.tuple(several, numbers, fc.boolean()).map(([types, all, flat]) => choiceOf(types, all, flat)),
    ),
  };
}).type;
