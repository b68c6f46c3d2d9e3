/** Forms as functions at run time, with no compile step: the same bytes as those of emitted stubs. */
import type { Externalize, Internalize } from "../../../protocols/wire/standard/predefined.ts";
import * as predefinedTypes from "../../../protocols/wire/standard/predefined.ts";
import * as constructed from "../../../protocols/wire/standard/constructed.ts";
import { type Arm, type Field, type Form, predefined } from "../form.ts";

export interface Codec {
  readonly externalize: Externalize<unknown>;
  readonly internalize: Internalize<unknown>;
}

/** By their names. */
const functions: Readonly<Record<string, unknown>> = predefinedTypes;

type Fields = Readonly<Record<string, unknown>>;

/** Codecs of named types: made when they are met, so that types may contain themselves. */
export class Codecs {
  readonly #forms: ReadonlyMap<string, Form>;
  readonly #named = new Map<string, Codec>();

  constructor(types: ReadonlyMap<string, Form> = new Map()) {
    this.#forms = types;
  }

  of(form: Form, name = "value"): Codec {
    switch (form.kind) {
      case "predefined":
        return {
          externalize: functions[`externalize${predefined[form.type]}`] as Externalize<unknown>,
          internalize: functions[`internalize${predefined[form.type]}`] as Internalize<unknown>,
        };
      case "named":
        return this.#ofName(form.name);
      case "enumeration": {
        const items = form.items.map(({ value, number }) => [value, number] as const);
        const enumeration = new constructed.Enumeration(name, items);
        return { externalize: enumeration.externalize as Externalize<unknown>, internalize: enumeration.internalize };
      }
      case "array": {
        const { externalize, internalize } = this.of(form.of, name);
        const { length } = form;
        return {
          externalize: (writer, value, place) =>
            constructed.externalizeArray(writer, value as unknown[], length, place, externalize),
          internalize: (reader) => constructed.internalizeArray(reader, length, internalize),
        };
      }
      case "sequence": {
        const { externalize, internalize } = this.of(form.of, name);
        const { limit } = form;
        return {
          externalize: (writer, value, place) =>
            constructed.externalizeSequence(writer, value as unknown[], limit, place, externalize),
          internalize: (reader) => constructed.internalizeSequence(reader, limit, internalize),
        };
      }
      case "set": {
        const { externalize, internalize } = this.of(form.of, name);
        return {
          externalize: (writer, value, place) =>
            constructed.externalizeSet(writer, value as Set<unknown>, place, externalize),
          internalize: (reader) => constructed.internalizeSet(reader, internalize),
        };
      }
      case "map": {
        const { order } = form;
        const key = this.of(form.key, name);
        const item = this.of(form.of, name);
        return {
          externalize: (writer, value, place) =>
            constructed.externalizeMap(
              writer,
              value as Map<unknown, unknown>,
              order,
              place,
              key.externalize,
              item.externalize,
            ),
          internalize: (reader) => constructed.internalizeMap(reader, order, key.internalize, item.internalize),
        };
      }
      case "dictionary": {
        const item = this.of(form.of, name);
        const { externalizeText, internalizeText } = predefinedTypes;
        return {
          externalize: (writer, value, place) =>
            constructed.externalizeDictionary(writer, value as Fields, place, externalizeText, item.externalize),
          internalize: (reader) => constructed.internalizeDictionary(reader, internalizeText, item.internalize),
        };
      }
      case "optional": {
        const { externalize, internalize } = this.of(form.of, name);
        const { absent } = form;
        return {
          externalize: (writer, value, place) =>
            constructed.externalizeOptional(writer, value, absent, place, externalize),
          internalize: (reader) => constructed.internalizeOptional(reader, absent, internalize),
        };
      }
      case "record":
        return this.#record(form.fields, name);
      case "tuple":
        return this.#tuple(form.items, name);
      case "choice":
        return this.#choice(form, name);
    }
  }

  #ofName(name: string): Codec {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    let made: Codec | undefined;
    const get = (): Codec => (made ??= this.of(this.#forms.get(name)!, name));
    const codec: Codec = {
      externalize: (writer, value, place) => {
        constructed.descend(writer, name);
        get().externalize(writer, value, place);
        constructed.ascend(writer);
      },
      internalize: (reader) => constructed.nested(reader, get().internalize),
    };
    this.#named.set(name, codec);
    return codec;
  }

  #record(fields: readonly Field[], name: string): Codec {
    const all = fields.map(({ name: field, form, missing = false }) => {
      const optional = missing && form.kind === "optional";
      const some = optional ? this.of(form.of, field) : undefined;
      return { field, place: `${name}.${field}`, codec: this.of(form, field), some };
    });
    return {
      externalize: (writer, value, place) => {
        if (typeof value !== "object" || value === null) predefinedTypes.refuse(value, place, "an object");
        for (const each of all) each.codec.externalize(writer, (value as Fields)[each.field], each.place);
      },
      internalize: (reader) => {
        const entries: [string, unknown][] = [];
        for (const { field, codec, some } of all) {
          if (some === undefined) entries.push([field, codec.internalize(reader)]);
          else if (constructed.internalizePresence(reader)) entries.push([field, some.internalize(reader)]);
        }
        return Object.fromEntries(entries);
      },
    };
  }

  #tuple(items: readonly Form[], name: string): Codec {
    const all = items.map((item, i) => this.of(item, `${name}[${i}]`));
    return {
      externalize: (writer, value, place) => {
        if (!Array.isArray(value) || value.length !== all.length)
          predefinedTypes.refuse(value, place, `an array of ${all.length}`);
        all.forEach((codec, i) => codec.externalize(writer, (value as unknown[])[i], `${place}[${i}]`));
      },
      internalize: (reader) => all.map((codec) => codec.internalize(reader)),
    };
  }

  #choice({ tag, content, arms }: Form & { kind: "choice" }, name: string): Codec {
    const designators = new constructed.Enumeration(
      `${name}.${tag}`,
      arms.map(({ value, number }) => [value, number] as const),
    );
    const codecs = new Map(arms.map((arm) => [arm.value, this.#arm(arm, content, name)]));
    const bare = new Set(arms.filter(({ form }) => isNothing(form)).map(({ value }) => value));
    return {
      externalize: (writer, value, place) => {
        if (typeof value !== "object" || value === null) predefinedTypes.refuse(value, place, "an object");
        const designator = (value as Fields)[tag] as Arm["value"];
        designators.externalize(writer, designator, `${name}.${tag}`);
        const chosen = content === undefined ? value : (value as Fields)[content];
        codecs.get(designator)!.externalize(writer, chosen, `${name}.${content ?? tag}`);
      },
      internalize: (reader) => {
        const designator = designators.internalize(reader);
        const chosen = codecs.get(designator)!.internalize(reader);
        if (content === undefined) return { [tag]: designator, ...(chosen as Fields) };
        return bare.has(designator) ? { [tag]: designator } : { [tag]: designator, [content]: chosen };
      },
    };
  }

  #arm(arm: Arm, content: string | undefined, name: string): Codec {
    return this.of(arm.form, content === undefined ? name : `${name}.${String(arm.value)}`);
  }
}

/** An arm of nothing has no content. */
function isNothing(form: Form): boolean {
  return form.kind === "predefined" && form.type === "nothing";
}
