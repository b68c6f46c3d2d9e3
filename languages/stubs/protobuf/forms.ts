/** From Protocol Buffers messages and enums to forms. */
import {
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  ScalarType,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { type Arm, type Field, type Form, type Predefined, simple, type TypeDefinition } from "../form.ts";

const scalars: Readonly<Record<ScalarType, Predefined>> = {
  [ScalarType.DOUBLE]: "real",
  [ScalarType.FLOAT]: "short real",
  [ScalarType.INT32]: "long integer",
  [ScalarType.SINT32]: "long integer",
  [ScalarType.SFIXED32]: "long integer",
  [ScalarType.UINT32]: "long cardinal",
  [ScalarType.FIXED32]: "long cardinal",
  [ScalarType.INT64]: "hyper integer",
  [ScalarType.SINT64]: "hyper integer",
  [ScalarType.SFIXED64]: "hyper integer",
  [ScalarType.UINT64]: "hyper cardinal",
  [ScalarType.FIXED64]: "hyper cardinal",
  [ScalarType.BOOL]: "boolean",
  [ScalarType.STRING]: "text",
  [ScalarType.BYTES]: "bytes",
};

/** The most that one word can say. */
const most = 0xffff;

/** The module of a file's types. */
export function moduleOf(file: DescFile): string {
  return file.name.replace(/[^A-Za-z0-9]+/g, "_");
}

/** The types of one file that services use. */
export class FileTypes {
  readonly file: DescFile;
  readonly types: TypeDefinition[] = [];
  readonly dependencies = new Set<DescFile>();

  constructor(file: DescFile) {
    this.file = file;
  }
}

/** The types that are reached from services, file by file. */
export class Forms {
  readonly files = new Map<DescFile, FileTypes>();
  readonly #seen = new Set<DescMessage | DescEnum>();

  /** `user`: the file whose types or services refer to it. */
  reference(type: DescMessage | DescEnum, user: DescFile | undefined): Form {
    const home = this.#home(type.file);
    if (!this.#seen.has(type)) {
      this.#seen.add(type);
      const name = nameOf(type);
      // Its place among the types is where it was met, before those within it.
      const place = home.types.push({ name, form: simple("nothing") }) - 1;
      const form = type.kind === "enum" ? enumeration(type) : this.#record(type);
      home.types[place] = { name, form };
    }
    if (user === type.file) return { kind: "named", name: nameOf(type) };
    if (user !== undefined) this.#home(user).dependencies.add(type.file);
    return { kind: "named", name: nameOf(type), program: moduleOf(type.file) };
  }

  #home(file: DescFile): FileTypes {
    let home = this.files.get(file);
    if (home === undefined) this.files.set(file, (home = new FileTypes(file)));
    return home;
  }

  #record(message: DescMessage): Form {
    return {
      kind: "record",
      fields: message.members.map((member) =>
        member.kind === "oneof"
          ? { name: member.localName, form: this.#oneof(member, message.file) }
          : this.#field(member, message.file),
      ),
    };
  }

  #field(field: DescField, user: DescFile): Field {
    const name = field.localName;
    switch (field.fieldKind) {
      case "list":
        return { name, form: { kind: "sequence", limit: Infinity, of: this.#element(field, field.listKind, user) } };
      case "map":
        return {
          name,
          form: {
            // A map has no order there, and members must send equal bytes for equal maps.
            kind: "map",
            order: "sorted",
            key: simple(scalars[field.mapKey]),
            of: this.#element(field, field.mapKind, user),
          },
        };
      case "scalar":
      case "enum":
      case "message": {
        const form = this.#element(field, field.fieldKind, user);
        // With explicit presence a field is there or not; without, it always has a value, and a required field too.
        const { presence } = field;
        if (presence !== FeatureSet_FieldPresence.EXPLICIT) return { name, form };
        return { name, missing: true, form: { kind: "optional", absent: undefined, of: form } };
      }
    }
  }

  #element(
    field: { scalar?: ScalarType | undefined; enum?: DescEnum | undefined; message?: DescMessage | undefined },
    kind: "scalar" | "enum" | "message",
    user: DescFile,
  ): Form {
    if (kind === "scalar") return simple(scalars[field.scalar!]);
    return this.reference(kind === "enum" ? field.enum! : field.message!, user);
  }

  #oneof(oneof: DescOneof, user: DescFile): Form {
    const small = oneof.fields.every(({ number }) => number <= most);
    const arms = oneof.fields.map((field, place): Arm => {
      const kind = field.fieldKind as "scalar" | "enum" | "message";
      const form = this.#element(field, kind, user);
      return { value: field.localName, number: small ? field.number : place + 1, form };
    });
    const none: Arm = { value: undefined, number: 0, form: simple("nothing") };
    return { kind: "choice", tag: "case", content: "value", arms: [none, ...arms] };
  }
}

/** Messages within messages: `Outer_Inner`. */
function nameOf(type: DescMessage | DescEnum): string {
  return type.parent === undefined ? type.name : `${nameOf(type.parent)}_${type.name}`;
}

/**
 * Of several names for one number the first is what a value is read as. Numbers that a word cannot say give way to
 * places.
 */
function enumeration(type: DescEnum): Form {
  const numbers = [...new Set(type.values.map(({ number }) => number))].sort((a, b) => a - b);
  const small = numbers.every((number) => number >= 0 && number <= most);
  return {
    kind: "enumeration",
    items: type.values.map(({ name, number }) => ({ value: name, number: small ? number : numbers.indexOf(number) })),
  };
}
