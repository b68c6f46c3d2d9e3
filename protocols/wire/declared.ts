/**
 * What the files of modules declare: their classes, functions and symbols, each under a name that is the same at every
 * member of a troupe, and the way to the private fields of their classes.
 *
 * The loader of modules (harness/module-text) writes the declarations into a file as the file is read: nobody but the
 * text of a class has access to its private fields. A program that loads its classes itself declares them with
 * `declareClasses`.
 */

/** One private field of a class. */
export interface PrivateField {
  /** With its `#`. */
  readonly name: string;
  get(object: object): unknown;
  set(object: object, value: unknown): void;
}

/** What the text of a class tells. */
export interface ClassDeclaration {
  /** Whether an object has the private members of the class; undefined for a class without such members. */
  readonly has?: (object: object) => boolean;
  readonly fields?: readonly PrivateField[];
  /** The private static fields. */
  readonly statics?: Readonly<Record<string, () => unknown>>;
  /** The names at the top of its file that methods write, with the lines that declare them; 0 for a line not found. */
  readonly writes?: readonly { readonly name: string; readonly method: string; readonly line: number }[];
  /** Made within a function: other members cannot find it. */
  readonly within?: boolean;
}

/** The constant and variable bindings at the top of a file. */
export interface FileDeclaration {
  /** The name of the file, the same at every member. */
  readonly file: string;
  /** The present values. */
  readonly values: () => Readonly<Record<string, unknown>>;
  /** The names of the files that it imports, with or without their endings. */
  readonly imports: readonly string[];
}

/** The variables of a function that ran while files were loaded, and whose inner functions live on. */
export interface Scope {
  readonly file: string;
  /** The name of the function. */
  readonly name: string;
  /** The present values. */
  readonly variables: () => Readonly<Record<string, unknown>>;
}

/** A weak collection that was made while files were loaded. */
export interface WeakCollection {
  readonly kind: "WeakMap" | "WeakSet";
  readonly collection: { has(key: object): boolean };
  /** Where it was made: `bank.ts:3`. */
  readonly place: string;
}

/** What only the platform can tell of a program. */
export interface Inspection {
  /** The names of the private fields of instances, with `#`, from the text of a class. */
  privateFields(text: string): readonly string[];
  isProxy(object: object): boolean;
  /** Whether a class is the platform's own, as its streams are. */
  isPlatforms(type: Constructor): boolean;
  /** Whether an array or typed array has properties beside its elements. Must take no time for elements. */
  hasExtraKeys(array: object): boolean;
}

export type Constructor = abstract new (...args: never[]) => object;

const wellKnown: readonly symbol[] = Object.getOwnPropertyNames(Symbol)
  .map((name) => (Symbol as unknown as Record<string, unknown>)[name])
  .filter((value) => typeof value === "symbol");

const conservative: Inspection = {
  privateFields: (text) => [...new Set(text.match(/#[\w$]+/g))],
  isProxy: () => false,
  isPlatforms: () => false,
  hasExtraKeys: (array) => {
    const { length } = array as { readonly length: number };
    return Object.getOwnPropertyNames(array).some((key) => key !== "length" && !(Number(key) < length));
  },
};

class Declarations {
  /**
   * Whether an object is being made to receive a state: constructors and initializers that the loader has read do
   * nothing.
   */
  making = false;
  inspection = conservative;
  /** The URL of the folder that names of files are relative to. */
  root = "";
  readonly #named = new Map<string, unknown>();
  readonly #names = new Map<unknown, string>();
  readonly #classes = new WeakMap<object, ClassDeclaration>();
  /** Whether files of modules are being loaded: what their functions close over now is state of the file. */
  loading = false;
  readonly scopes: Scope[] = [];
  readonly weak: WeakCollection[] = [];
  /** Objects of the platform that files may change, by their names. */
  readonly platform = new Map<string, object>();
  /** The declarations of files, by name. */
  readonly files = new Map<string, FileDeclaration>();

  /** Declares a class. `name` is unique within the file. */
  type(type: object, url: string, name: string, declaration: ClassDeclaration): void {
    this.#classes.set(type, declaration);
    if (declaration.within !== true) this.name(`${this.fileOf(url)}#${name}`, type);
  }

  /** Declares what stands at the top of a file. */
  file(url: string, values: FileDeclaration["values"], specifiers: readonly string[]): void {
    const file = this.fileOf(url);
    const relative = specifiers.filter((specifier) => specifier.startsWith("."));
    this.files.set(file, { file, values, imports: relative.map((each) => this.fileOf(joined(url, each))) });
  }

  /**
   * A function runs while files are loaded. Each variable is read by a function of its own: it may have no value yet.
   */
  scope(url: string, name: string, variables: Readonly<Record<string, () => unknown>>): void {
    const read = ([variable, value]: [string, () => unknown]): [string, unknown][] => {
      try {
        return [[variable, value()]];
      } catch {
        return [];
      }
    };
    this.scopes.push({
      file: this.fileOf(url),
      name,
      variables: () => Object.fromEntries(Object.entries(variables).flatMap(read)),
    });
  }

  /** A file may change these objects of the platform, or their prototypes. */
  changes(objects: Readonly<Record<string, object>>): void {
    for (const [name, object] of Object.entries(objects)) {
      this.platform.set(name, object);
      const { prototype } = object as { readonly prototype?: unknown };
      if (typeof prototype === "object" && prototype !== null) this.platform.set(`${name}.prototype`, prototype);
    }
  }

  /** The declared file of a class, and those that it imports; none for a class that is not declared. */
  filesOf(type: object): string[] {
    const first = this.fileOfClass(type);
    const byName = new Map([...this.files.keys()].map((file) => [withoutEnding(file), file]));
    const found = new Set<string>();
    const next = first === "" ? [] : [first];
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      const known = this.files.get(file) ?? this.files.get(byName.get(withoutEnding(file)) ?? "");
      if (known === undefined || found.has(known.file)) continue;
      found.add(known.file);
      next.push(...known.imports);
    }
    return [...found];
  }

  /** The file of a class that is declared. */
  fileOfClass(type: object): string {
    const name = this.#names.get(type) ?? "";
    return name.slice(0, name.lastIndexOf("#"));
  }

  /** Declares what a file without declarations of its own exports: classes, functions and symbols. */
  exports(url: string, specifier: string, exported: Readonly<Record<string, unknown>>): void {
    const file =
      specifier.startsWith(".") || specifier.startsWith("/") ? this.fileOf(joined(url, specifier)) : specifier;
    const names = { ...exported };
    // What a CommonJS file exports as a whole has its exports as properties.
    const { default: whole } = exported;
    if (typeof whole === "object" && whole !== null) Object.assign(names, whole);
    for (const [name, value] of Object.entries(names)) {
      if (typeof value === "function" && !this.#names.has(value)) this.name(`${file}#${name}`, value);
    }
  }

  name(name: string, value: unknown): void {
    // A file that is loaded anew declares its classes anew.
    this.#named.set(name, value);
    this.#names.set(value, name);
  }

  classOf(type: object): ClassDeclaration | undefined {
    return this.#classes.get(type);
  }

  /** The name of a class, function or symbol; undefined if there is none. */
  nameOf(value: object | symbol): string | undefined {
    if (typeof value === "symbol") {
      const key = Symbol.keyFor(value);
      if (key !== undefined) return `:${key}`;
      if (wellKnown.includes(value)) return `@${value.description!.slice("Symbol.".length)}`;
    }
    if (!this.#names.has(value)) this.#readFiles();
    return this.#names.get(value);
  }

  /** What has that name; undefined if nothing has. */
  named(name: string): unknown {
    if (name.startsWith(":")) return Symbol.for(name.slice(1));
    if (name.startsWith("@")) return wellKnown.find(({ description }) => description === `Symbol.${name.slice(1)}`);
    if (!this.#named.has(name)) this.#readFiles();
    return this.#named.get(name);
  }

  /** Functions and symbols at the top of files get their names when a name is first asked for that is not known. */
  #readFiles(): void {
    for (const { file, values } of this.files.values()) {
      for (const [name, value] of Object.entries(values())) {
        const has = typeof value === "function" || typeof value === "symbol";
        if (has && !this.#names.has(value)) this.name(`${file}#${name}`, value);
      }
    }
  }

  /** The name of a file: below the package that it belongs to, or relative to the module's own file. */
  fileOf(url: string): string {
    const inPackage = url.lastIndexOf("/node_modules/");
    if (inPackage >= 0) return url.slice(inPackage + "/node_modules/".length);
    const [from, to] = [this.root.split("/"), url.split("/")];
    let common = 0;
    while (common < from.length - 1 && common < to.length - 1 && from[common] === to[common]) common++;
    if (common === 0) return url;
    return [...from.slice(common, -1).map(() => ".."), ...to.slice(common)].join("/");
  }
}

function withoutEnding(file: string): string {
  return file.replace(/\.[cm]?[jt]s$/, "");
}

/** The URL of a file that another file names relative to itself. */
function joined(url: string, specifier: string): string {
  if (specifier.startsWith("/")) return `file://${specifier}`;
  const path = url.split("/").slice(0, -1);
  for (const step of specifier.split("/")) {
    if (step === "..") path.pop();
    else if (step !== ".") path.push(step);
  }
  return path.join("/");
}

export const declared = new Declarations();

/**
 * Declares classes whose instances are in the fields of modules, each under the name of its property. A program that
 * loads its modules by itself must do so at every member; `troupe serve` does it by reading the files.
 */
export function declareClasses(classes: Readonly<Record<string, Constructor>>): void {
  for (const [name, type] of Object.entries(classes)) declared.name(name, type);
}
