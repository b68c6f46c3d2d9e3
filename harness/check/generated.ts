/**
 * Arguments for the methods of a class, drawn by the types that its file declares. Values come from small sets, so that
 * the calls of a course meet the same accounts, keys and numbers.
 */
import { ts } from "ts-morph";
import type { ModuleClass } from "../../protocols/call/module.ts";
import type { Stream } from "../../sim/chance/random.ts";

type Draw = (random: Stream) => unknown;

/** The arguments of one call of a method. */
export type ArgumentsOf = (method: string, random: Stream) => unknown[];

const names = ["a", "b", "c", ""];
const numbers = [0, 1, 2, 3, 7, 100, -1, 0.5];
/** Types that refer to themselves end at this depth. */
const deepest = 4;

function pick<T>(values: readonly T[], random: Stream): T {
  return values[Math.floor(random.next() * values.length)]!;
}

const text: Draw = (random) => pick(names, random);
const number: Draw = (random) => pick(numbers, random);
const boolean: Draw = (random) => random.next() < 0.5;
const anything: Draw = (random) => pick([text, number, number, boolean], random)(random);

const simpleTypes: ReadonlyMap<ts.SyntaxKind, Draw> = new Map<ts.SyntaxKind, Draw>([
  [ts.SyntaxKind.StringKeyword, text],
  [ts.SyntaxKind.NumberKeyword, number],
  [ts.SyntaxKind.BooleanKeyword, boolean],
  [ts.SyntaxKind.BigIntKeyword, (random) => BigInt(pick([0, 1, 2, 100], random))],
  [ts.SyntaxKind.UndefinedKeyword, () => undefined],
  [ts.SyntaxKind.VoidKeyword, () => undefined],
]);

function several(draw: Draw, random: Stream): unknown[] {
  return Array.from({ length: Math.floor(random.next() * 4) }, () => draw(random));
}

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

  /** How to draw a value of the type; a type that the file does not declare gives any plain value. */
  drawOf(type: ts.TypeNode | undefined, depth = 0): Draw {
    if (type === undefined || depth > deepest) return anything;
    const simple = simpleTypes.get(type.kind);
    if (simple !== undefined) return simple;
    if (ts.isParenthesizedTypeNode(type)) return this.drawOf(type.type, depth);
    if (ts.isTypeOperatorNode(type)) return this.drawOf(type.type, depth);
    if (ts.isLiteralTypeNode(type)) return literal(type.literal);
    if (ts.isArrayTypeNode(type)) return this.#list(type.elementType, depth);
    if (ts.isTupleTypeNode(type)) {
      const elements = type.elements.map((each) =>
        this.drawOf(ts.isNamedTupleMember(each) ? each.type : each, depth + 1),
      );
      return (random) => elements.map((draw) => draw(random));
    }
    if (ts.isUnionTypeNode(type)) {
      const draws = type.types.map((each) => this.drawOf(each, depth + 1));
      return (random) => pick(draws, random)(random);
    }
    if (ts.isTypeLiteralNode(type)) return this.#object(type.members, depth);
    if (ts.isTypeReferenceNode(type)) return this.#reference(type, depth);
    return anything;
  }

  #list(element: ts.TypeNode | undefined, depth: number): Draw {
    const draw = this.drawOf(element, depth + 1);
    return (random) => several(draw, random);
  }

  #object(members: ts.NodeArray<ts.TypeElement>, depth: number): Draw {
    const fields = members.filter(ts.isPropertySignature).map((member) => ({
      name: ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(),
      isOptional: member.questionToken !== undefined,
      draw: this.drawOf(member.type, depth + 1),
    }));
    return (random) =>
      Object.fromEntries(
        fields.flatMap(({ name, isOptional, draw }) =>
          isOptional && random.next() < 0.5 ? [] : [[name, draw(random)] as const],
        ),
      );
  }

  #reference(
    { typeName, typeArguments = [] as unknown as ts.NodeArray<ts.TypeNode> }: ts.TypeReferenceNode,
    depth: number,
  ): Draw {
    const name = typeName.getText();
    const [first, second] = typeArguments;
    const declared = this.named(name);
    if (declared !== undefined) {
      if (ts.isInterfaceDeclaration(declared)) return this.#object(declared.members, depth + 1);
      if (ts.isTypeAliasDeclaration(declared)) return this.drawOf(declared.type, depth + 1);
      if (ts.isEnumDeclaration(declared)) return valueOfEnum(declared);
      return anything;
    }
    switch (name) {
      case "Array":
      case "ReadonlyArray":
      case "Iterable":
        return this.#list(first, depth);
      case "Readonly":
      case "Partial":
      case "Required":
        return this.drawOf(first, depth + 1);
      case "Date":
        return (random) => new Date(pick([0, 1e9, 5e11], random));
      case "Uint8Array":
        return (random) => Uint8Array.from(several(number, random) as number[]);
      case "Record": {
        const draw = this.drawOf(second, depth + 1);
        return (random) => Object.fromEntries(several(text, random).map((key) => [key, draw(random)]));
      }
      case "Map":
      case "ReadonlyMap": {
        const [key, value] = [this.drawOf(first, depth + 1), this.drawOf(second, depth + 1)];
        return (random) => new Map(several(key, random).map((each) => [each, value(random)]));
      }
      case "Set":
      case "ReadonlySet": {
        const draw = this.drawOf(first, depth + 1);
        return (random) => new Set(several(draw, random));
      }
    }
    return anything;
  }
}

function literal(node: ts.LiteralTypeNode["literal"]): Draw {
  if (ts.isStringLiteral(node)) return () => node.text;
  if (ts.isNumericLiteral(node)) return () => Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return () => true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return () => false;
  return () => null;
}

function valueOfEnum({ members }: ts.EnumDeclaration): Draw {
  const values = members.map(({ initializer }, place) => {
    if (initializer !== undefined && ts.isStringLiteral(initializer)) return initializer.text;
    return initializer !== undefined && ts.isNumericLiteral(initializer) ? Number(initializer.text) : place;
  });
  return (random) => pick(values, random);
}

/**
 * Reads the types of the methods of a class, and of its base classes in the same file, from the text of the file. A
 * method that the file does not declare gets as many plain values as it has parameters.
 */
export function argumentsFor(type: ModuleClass<object>, path: string, source: string): ArgumentsOf {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const declarations = new Declarations(file);
  const draws = new Map<string, readonly Draw[]>();
  let declared = declarations.named(type.name);
  if (declared === undefined)
    ts.forEachChild(file, (node) => void (ts.isClassDeclaration(node) && (declared ??= node)));
  while (declared !== undefined && ts.isClassDeclaration(declared)) {
    for (const member of declared.members) {
      if (!ts.isMethodDeclaration(member) || member.body === undefined || !ts.isIdentifier(member.name)) continue;
      if (draws.has(member.name.text)) continue;
      draws.set(
        member.name.text,
        member.parameters.map((each) => parameter(declarations, each)),
      );
    }
    const base = declared.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    declared = base === undefined ? undefined : declarations.named(base.expression.getText());
  }
  return (method, random) => {
    const known = draws.get(method);
    if (known !== undefined) return known.flatMap((draw) => draw(random) as unknown[]);
    const { length } = (type.prototype as Record<string, (...args: unknown[]) => unknown>)[method]!;
    return Array.from({ length }, () => anything(random));
  };
}

/** Draws the arguments for one parameter: one value, none at an optional parameter now and then, several at a rest. */
function parameter(declarations: Declarations, node: ts.ParameterDeclaration): Draw {
  const { type, dotDotDotToken, questionToken, initializer } = node;
  const draw = declarations.drawOf(type);
  if (dotDotDotToken !== undefined) return (random) => (type === undefined ? several(anything, random) : draw(random));
  const isOptional = questionToken !== undefined || initializer !== undefined;
  return (random) => [isOptional && random.next() < 0.5 ? undefined : draw(random)];
}
