/** From TypeScript types to forms. */
import { type Node, Node as Nodes, type Symbol as TypeSymbol, type Type, type ts } from "ts-morph";
import { type Arm, type Field, type Form, type Literal, predefined, type Predefined, simple } from "../form.ts";
import type { TypeDefinition } from "../form.ts";
import { capital, safeName } from "../names.ts";
import { badNode } from "./places.ts";

/** Where a type stands: a node for the place in the text, and words for it. */
export interface Where {
  readonly node: Node;
  readonly words: string;
}

/** A type that is being made into a form, or has been. */
interface Entry {
  /** Undefined until the type needs one. */
  name: string | undefined;
  form: Form | undefined;
}

const textSort = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class Forms {
  readonly types: TypeDefinition[] = [];
  readonly #entries = new Map<ts.Type, Entry>();
  readonly #names = new Set<string>();

  /** `taken`: names that types cannot have. */
  constructor(taken: Iterable<string>) {
    for (const name of taken) this.#names.add(name);
  }

  /** @throws BadSource for what cannot be externalized. */
  form(type: Type, where: Where): Form {
    const flat = this.#simple(type, where);
    if (flat !== undefined) return flat;
    const known = this.#entries.get(type.compilerType);
    if (known !== undefined) {
      if (known.form !== undefined && known.name === undefined) return known.form;
      // It contains itself: from now on it has a name.
      known.name ??= this.#free(where.words);
      return { kind: "named", name: known.name };
    }
    const own = ownName(type);
    const entry: Entry = { name: own === undefined ? undefined : this.#free(own), form: undefined };
    this.#entries.set(type.compilerType, entry);
    entry.form = this.#constructed(type, where);
    if (entry.name === undefined) return entry.form;
    this.types.push({ name: entry.name, form: entry.form });
    return { kind: "named", name: entry.name };
  }

  #free(words: string): string {
    const name = capital(
      safeName(words.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => capital(next ?? ""))),
    );
    let free = name;
    for (let i = 2; this.#names.has(free); i++) free = `${name}${i}`;
    this.#names.add(free);
    return free;
  }

  /** Types without parts; undefined for others. */
  #simple(type: Type, where: Where): Form | undefined {
    const refuse = (reason: string) => badNode(where.node, `${where.words} ${reason}`);
    const word = flavourOf(type);
    if (word !== undefined) return simple(word);
    if (type.isAny())
      throw refuse(
        "is any, or of a type that was not found, and any says nothing of its values; write unknown for plain data of all types",
      );
    if (type.isUnknown()) return simple("plain");
    if (type.isNever()) throw refuse("is never: no value can be sent");
    if (type.isUndefined() || type.isVoid()) return simple("nothing");
    if (type.isBoolean()) return simple("boolean");
    if (type.isNumber()) return simple("real");
    if (type.isString() || type.isTemplateLiteral()) return simple("text");
    if (type.isBigInt()) return simple("bigint");
    if (isSymbolType(type))
      throw refuse("is a symbol, which cannot be externalized: it equals no symbol of another process");
    if (type.isTypeParameter())
      throw refuse(`is of type ${type.getText()}, a type parameter: its values have no one form; write the type out`);
    const name = libraryName(type);
    if (name === "Date") return simple("date");
    if (name === "Uint8Array") return simple("bytes");
    return undefined;
  }

  #constructed(type: Type, where: Where): Form {
    if (type.isUnion()) return this.#union(type, where);
    if (type.isLiteral() || type.isNull()) return enumeration([literalOf(type)]);
    if (type.isTuple()) return this.#tuple(type, where);
    if (type.isArray() || type.isReadonlyArray())
      return { kind: "sequence", limit: Infinity, of: this.form(type.getArrayElementTypeOrThrow(), part(where, "[]")) };
    const name = libraryName(type);
    const [first, second] = type.getTypeArguments();
    if (name === "Set" || name === "ReadonlySet") return { kind: "set", of: this.form(first!, part(where, "[]")) };
    if (name === "Map" || name === "ReadonlyMap")
      return {
        kind: "map",
        order: "kept",
        key: this.form(first!, part(where, " key")),
        of: this.form(second!, part(where, "[]")),
      };
    if (name === "Promise")
      throw badNode(
        where.node,
        `${where.words} is a Promise, which cannot be externalized; a procedure may answer one, but not within a value`,
      );
    this.#refuseIdentity(type, where, name);
    const index = type.getStringIndexType();
    if (index !== undefined && type.getProperties().length === 0)
      return { kind: "dictionary", of: this.form(index, part(where, "[]")) };
    return { kind: "record", fields: this.#fields(type, where) };
  }

  #refuseIdentity(type: Type, where: Where, library: string | undefined): void {
    const refuse = (reason: string) => badNode(where.node, `${where.words} ${reason}`);
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0)
      throw refuse("is a function, which cannot be externalized");
    if (library !== undefined) throw refuse(`is a ${library}, which is not plain data and cannot be externalized`);
    if (type.isClass())
      throw refuse(
        `is an instance of class ${type.getText(where.node)}, which has an identity and cannot be externalized; expected plain data, such as an interface`,
      );
    if (!type.isObject() && !type.isIntersection())
      throw refuse(`is of type ${type.getText(where.node)}, which cannot be externalized`);
  }

  #fields(type: Type, where: Where, except?: string): Field[] {
    return type
      .getProperties()
      .filter((property) => property.getName() !== except)
      .map((property) => this.field(property, where));
  }

  field(property: TypeSymbol, where: Where): Field {
    const name = property.getName();
    const node = property.getDeclarations()[0] ?? where.node;
    const at = { node, words: `${where.words}.${name}` };
    if (name.startsWith("__@"))
      throw badNode(node, `${where.words} has a field whose name is a symbol, which cannot be externalized`);
    const type = property.getTypeAtLocation(where.node);
    if (!property.isOptional()) return { name, form: this.form(type, at) };
    return { name, missing: true, form: { kind: "optional", absent: undefined, of: this.present(type, at) } };
  }

  /** The form of what the type says when it is not undefined. */
  present(type: Type, where: Where): Form {
    const hasNull = type.isUnion() && type.getUnionTypes().some((member) => member.isNull());
    // The compiler itself makes the smaller union, so that each of its types has one identity.
    const inner = type.getNonNullableType();
    if (!hasNull) return this.form(inner, where);
    if (inner.isNever()) return enumeration([null]);
    return { kind: "optional", absent: null, of: this.form(inner, where) };
  }

  #tuple(type: Type, where: Where): Form {
    const target = (type.compilerType as ts.TypeReference).target as ts.TupleType;
    if (target.minLength !== target.fixedLength || target.hasRestElement)
      throw badNode(
        where.node,
        `${where.words} is a tuple of varying length, ${type.getText(where.node)}; expected a fixed number of elements`,
      );
    const items = type.getTupleElements().map((element, i) => this.form(element, part(where, `[${i}]`)));
    return { kind: "tuple", items };
  }

  #union(type: Type, where: Where): Form {
    const members = type.getUnionTypes();
    if (members.some((member) => member.isUndefined()))
      return { kind: "optional", absent: undefined, of: this.present(type, where) };
    if (members.some((member) => member.isNull()) && members.length > 1)
      return { kind: "optional", absent: null, of: this.form(type.getNonNullableType(), where) };
    if (members.every((member) => member.isLiteral())) return enumeration(members.map(literalOf));
    const tag = this.#discriminant(members);
    if (tag === undefined) {
      throw badNode(
        where.node,
        `${where.words} is the union ${type.getText(where.node)}, whose members no field tells apart; expected objects with a field of a literal type of its own, such as kind: "circle"`,
      );
    }
    const arms = members.flatMap((member) => {
      const property = member.getPropertyOrThrow(tag).getTypeAtLocation(where.node);
      const values = property.isUnion() ? property.getUnionTypes() : [property];
      const fields = this.#fields(member, where, tag);
      return values.map((value) => ({ value: literalOf(value), form: { kind: "record", fields } as Form }));
    });
    const sorted = arms.toSorted((a, b) => textSort(textOf(a.value), textOf(b.value)));
    return {
      kind: "choice",
      tag,
      content: undefined,
      arms: sorted.map((arm, number): Arm => ({ ...arm, number })),
    };
  }

  /** A field that each member of the union has, of literal types that no two members share. */
  #discriminant(members: readonly Type[]): string | undefined {
    if (!members.every((member) => member.isObject() && !member.isArray() && member.getCallSignatures().length === 0))
      return undefined;
    const names = members[0]!.getProperties().map((property) => property.getName());
    return names.toSorted(textSort).find((name) => {
      const seen = new Set<string>();
      return members.every((member) => {
        const property = member.getProperty(name);
        const declaration = property?.getDeclarations()[0];
        if (property === undefined || declaration === undefined || property.isOptional()) return false;
        const type = property.getTypeAtLocation(declaration);
        const values = type.isUnion() ? type.getUnionTypes() : [type];
        return values.every((value) => {
          if (!value.isLiteral()) return false;
          const text = textOf(literalOf(value));
          const isNew = !seen.has(text);
          seen.add(text);
          return isNew;
        });
      });
    });
  }
}

function part(where: Where, words: string): Where {
  return { node: where.node, words: `${where.words}${words}` };
}

/**
 * Numbers go by sorted text: the compiler lists the members of a union in the order in which it met them, which other
 * files change.
 */
function enumeration(values: readonly Literal[]): Form {
  const sorted = values.toSorted((a, b) => textSort(textOf(a), textOf(b)));
  return { kind: "enumeration", items: sorted.map((value, number) => ({ value, number })) };
}

/** Strings and numbers of one text are told apart. */
function textOf(value: Literal): string {
  return `${String(value)} ${typeof value}`;
}

function literalOf(type: Type): Literal {
  if (type.isNull()) return null;
  if (type.isBooleanLiteral()) return type.getText() === "true";
  return type.getLiteralValueOrThrow() as Literal;
}

/** Courier's word (words.ts) that a type stands for. */
function flavourOf(type: Type): Predefined | undefined {
  if (!type.isIntersection()) return undefined;
  const word = type.getProperty("$word")?.getDeclarations()[0]?.getType().getNonNullableType();
  const value = word?.getLiteralValue();
  return typeof value === "string" && Object.hasOwn(predefined, value) ? (value as Predefined) : undefined;
}

function isSymbolType(type: Type): boolean {
  return (
    type.getText() === "symbol" ||
    type.getText().startsWith("unique symbol") ||
    type.getText() === "typeof Symbol.iterator"
  );
}

/** The name of a class or interface of the language's library. */
function libraryName(type: Type): string | undefined {
  const declaration = type.getSymbol()?.getDeclarations()[0];
  if (declaration === undefined || !/(^|\/)lib\.[^/]*\.d\.ts$/.test(declaration.getSourceFile().getFilePath()))
    return undefined;
  const name = type.getSymbolOrThrow().getName();
  return name === "__type" || name === "Record" ? undefined : name;
}

/** The name that a type has in the program: its alias, or that of its interface; with the names of its arguments. */
function ownName(type: Type): string | undefined {
  if (libraryName(type) !== undefined || type.isArray() || type.isTuple()) return undefined;
  const alias = type.getAliasSymbol();
  const own = type.getSymbol();
  // Of a generic interface with its arguments, isInterface says false.
  const named = own
    ?.getDeclarations()
    .some((each) => Nodes.isInterfaceDeclaration(each) || Nodes.isEnumDeclaration(each));
  const symbol = alias ?? (named === true ? own : undefined);
  if (symbol === undefined || symbol.getName().startsWith("__")) return undefined;
  const declaration = symbol.getDeclarations()[0];
  if (declaration !== undefined && /(^|\/)lib\.[^/]*\.d\.ts$/.test(declaration.getSourceFile().getFilePath()))
    return undefined;
  const parameters = alias === undefined ? type.getTypeArguments() : type.getAliasTypeArguments();
  const names = parameters.map((argument) => ownName(argument) ?? argument.getText().replace(/import\([^)]*\)\./g, ""));
  return [symbol.getName(), ...(names.length === 0 ? [] : ["of", ...names])].join(" ");
}
