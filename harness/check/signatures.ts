/**
 * The types of the arguments of a class's methods, read from the text of its file, as data: another thread draws values
 * by them (generated.ts) without the compiler of TypeScript, which takes half a second to load.
 */
import { readFileSync } from "node:fs";
import { ts } from "ts-morph";

/** What values of a type look like. */
export type Shape =
  | { readonly kind: "anything" | "text" | "number" | "boolean" | "bigint" | "date" | "bytes" }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null | undefined }
  | { readonly kind: "enum"; readonly values: readonly (string | number)[] }
  /** `record`: its keys are text. */
  | { readonly kind: "list" | "set" | "record"; readonly of: Shape }
  | { readonly kind: "tuple" | "union"; readonly of: readonly Shape[] }
  | { readonly kind: "map"; readonly key: Shape; readonly value: Shape }
  | { readonly kind: "object"; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly shape: Shape;
}

export interface Parameter {
  readonly shape: Shape;
  readonly isOptional: boolean;
  readonly isRest: boolean;
}

/**
 * The parameters of the methods that a file declares. Undefined: the method is private or protected, and nobody calls
 * it.
 */
export type Signatures = ReadonlyMap<string, readonly Parameter[] | undefined>;

/** Types that refer to themselves end at this depth. */
const deepest = 4;

const anything: Shape = { kind: "anything" };
const nothing: Shape = { kind: "literal", value: undefined };

const simpleTypes: ReadonlyMap<ts.SyntaxKind, Shape> = new Map<ts.SyntaxKind, Shape>([
  [ts.SyntaxKind.StringKeyword, { kind: "text" }],
  [ts.SyntaxKind.NumberKeyword, { kind: "number" }],
  [ts.SyntaxKind.BooleanKeyword, { kind: "boolean" }],
  [ts.SyntaxKind.BigIntKeyword, { kind: "bigint" }],
  [ts.SyntaxKind.UndefinedKeyword, nothing],
  [ts.SyntaxKind.VoidKeyword, nothing],
]);

/** The declarations of one file. */
class Declarations {
  readonly #named = new Map<string, ts.Node>();

  constructor(file: ts.SourceFile) {
    const visit = (node: ts.Node): void => {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node)) {
        if (node.name !== undefined) this.#named.set(node.name.text, node);
      } else if (ts.isEnumDeclaration(node)) this.#named.set(node.name.text, node);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }

  named(name: string): ts.Node | undefined {
    return this.#named.get(name);
  }

  /** The shape of the type; a type that the file does not declare is any plain value. */
  shapeOf(type: ts.TypeNode | undefined, depth = 0): Shape {
    if (type === undefined || depth > deepest) return anything;
    const simple = simpleTypes.get(type.kind);
    if (simple !== undefined) return simple;
    if (ts.isParenthesizedTypeNode(type)) return this.shapeOf(type.type, depth);
    if (ts.isTypeOperatorNode(type)) return this.shapeOf(type.type, depth);
    if (ts.isLiteralTypeNode(type)) return { kind: "literal", value: literal(type.literal) };
    if (ts.isArrayTypeNode(type)) return { kind: "list", of: this.shapeOf(type.elementType, depth + 1) };
    if (ts.isTupleTypeNode(type)) {
      const of = type.elements.map((each) => this.shapeOf(ts.isNamedTupleMember(each) ? each.type : each, depth + 1));
      return { kind: "tuple", of };
    }
    if (ts.isUnionTypeNode(type)) return { kind: "union", of: type.types.map((each) => this.shapeOf(each, depth + 1)) };
    if (ts.isTypeLiteralNode(type)) return this.#object(type.members, depth);
    if (ts.isTypeReferenceNode(type)) return this.#reference(type, depth);
    return anything;
  }

  #object(members: ts.NodeArray<ts.TypeElement>, depth: number): Shape {
    const fields = members.filter(ts.isPropertySignature).map((member) => ({
      name: ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(),
      isOptional: member.questionToken !== undefined,
      shape: this.shapeOf(member.type, depth + 1),
    }));
    return { kind: "object", fields };
  }

  #reference(
    { typeName, typeArguments = [] as unknown as ts.NodeArray<ts.TypeNode> }: ts.TypeReferenceNode,
    depth: number,
  ): Shape {
    const name = typeName.getText();
    const [first, second] = typeArguments;
    const declared = this.named(name);
    if (declared !== undefined) {
      if (ts.isInterfaceDeclaration(declared)) return this.#object(declared.members, depth + 1);
      if (ts.isTypeAliasDeclaration(declared)) return this.shapeOf(declared.type, depth + 1);
      return ts.isEnumDeclaration(declared) ? { kind: "enum", values: valuesOf(declared) } : anything;
    }
    switch (name) {
      case "Array":
      case "ReadonlyArray":
      case "Iterable":
        return { kind: "list", of: this.shapeOf(first, depth + 1) };
      case "Readonly":
      case "Partial":
      case "Required":
        return this.shapeOf(first, depth + 1);
      case "Date":
        return { kind: "date" };
      case "Uint8Array":
        return { kind: "bytes" };
      case "Record":
        return { kind: "record", of: this.shapeOf(second, depth + 1) };
      case "Map":
      case "ReadonlyMap":
        return { kind: "map", key: this.shapeOf(first, depth + 1), value: this.shapeOf(second, depth + 1) };
      case "Set":
      case "ReadonlySet":
        return { kind: "set", of: this.shapeOf(first, depth + 1) };
    }
    return anything;
  }

  parameter({ type, dotDotDotToken, questionToken, initializer }: ts.ParameterDeclaration): Parameter {
    const isRest = dotDotDotToken !== undefined;
    return {
      shape: isRest && type === undefined ? { kind: "list", of: anything } : this.shapeOf(type),
      isOptional: questionToken !== undefined || initializer !== undefined,
      isRest,
    };
  }
}

function literal(node: ts.LiteralTypeNode["literal"]): string | number | boolean | null {
  if (ts.isStringLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  return node.kind === ts.SyntaxKind.FalseKeyword ? false : null;
}

function valuesOf({ members }: ts.EnumDeclaration): (string | number)[] {
  return members.map(({ initializer }, place) => {
    if (initializer !== undefined && ts.isStringLiteral(initializer)) return initializer.text;
    return initializer !== undefined && ts.isNumericLiteral(initializer) ? Number(initializer.text) : place;
  });
}

function isHidden({ modifiers }: ts.MethodDeclaration): boolean {
  const hiding = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return modifiers?.some(({ kind }) => hiding.includes(kind)) === true;
}

/** The methods of a class, and of its base classes in the same file: those of the only class if none has the name. */
export function signaturesOf(name: string, path: string): Signatures {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const declarations = new Declarations(file);
  const signatures = new Map<string, readonly Parameter[] | undefined>();
  let declared = declarations.named(name);
  if (declared === undefined)
    ts.forEachChild(file, (node) => void (ts.isClassDeclaration(node) && (declared ??= node)));
  while (declared !== undefined && ts.isClassDeclaration(declared)) {
    for (const member of declared.members) {
      if (!ts.isMethodDeclaration(member) || member.body === undefined || !ts.isIdentifier(member.name)) continue;
      if (signatures.has(member.name.text)) continue;
      const parameters = member.parameters.map((each) => declarations.parameter(each));
      signatures.set(member.name.text, isHidden(member) ? undefined : parameters);
    }
    const base = declared.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    declared = base === undefined ? undefined : declarations.named(base.expression.getText());
  }
  return signatures;
}
