/**
 * What the parts of the emitter share: the program, the others that it refers to, and what the emitted module imports.
 */
import type { Program } from "../form.ts";
import { safeName } from "../names.ts";
import { recursiveTypes } from "./hoist.ts";

/** Where emitted modules find the runtime: `troupe/` and a path without an ending, or a relative path and `.ts`. */
export interface Runtime {
  readonly prefix: string;
  readonly suffix: string;
}

export const packageRuntime: Runtime = { prefix: "troupe/", suffix: "" };

const values = "protocols/wire/standard/";

export class Context {
  readonly program: Program;
  readonly recursive: ReadonlySet<string>;
  readonly #others: ReadonlyMap<string, Program>;
  readonly #imports = new Map<string, Set<string>>();
  readonly #aliases = new Map<string, string>();

  /** `programs` are hoisted, and by module. */
  constructor(program: Program, programs: ReadonlyMap<string, Program>) {
    this.program = program;
    this.recursive = recursiveTypes(program);
    this.#others = programs;
    const taken = new Set(
      [...program.types, ...program.errors, ...program.constants].map(({ name }) => safeName(name)),
    );
    taken.add(program.name);
    for (const { name, module } of program.dependencies) {
      let alias = safeName(module);
      while (taken.has(alias)) alias += "_";
      taken.add(alias);
      this.#aliases.set(name, alias);
    }
  }

  /** Notes that the emitted module uses a name, and answers it. */
  use(module: string, name: string, isType = false): string {
    const names = this.#imports.get(module) ?? new Set();
    names.add(isType ? `type ${name}` : name);
    this.#imports.set(module, names);
    return name;
  }

  predefined(name: string): string {
    return this.use(`${values}predefined`, name);
  }

  constructed(name: string): string {
    return this.use(`${values}constructed`, name);
  }

  writer(): string {
    return this.use("protocols/wire/bytes", "Writer", true);
  }

  reader(): string {
    return this.use("protocols/wire/bytes", "Reader", true);
  }

  /** A name of this program, or of another by the alias of its module; `prefix` goes before the name itself. */
  reference(name: string, program: string | undefined, prefix = ""): string {
    const own = `${prefix}${safeName(name)}`;
    return program === undefined ? own : `${this.#aliases.get(program)!}.${own}`;
  }

  /** Whether a type's function to externalize is told the place; those of records and their like know it. */
  takesPlace(name: string, program: string | undefined, owner = this.program): boolean {
    const module = owner.dependencies.find((each) => each.name === program)?.module;
    const home = module === undefined ? owner : this.#others.get(module)!;
    const { form } = home.types.find((type) => type.name === name)!;
    if (form.kind === "named") return this.takesPlace(form.name, form.program, home);
    return form.kind !== "record" && form.kind !== "tuple" && form.kind !== "choice";
  }

  /** The import statements, sorted; of what was used. */
  imports(runtime: Runtime): string {
    const lines = [...this.#imports]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, names]) => importLine(`${runtime.prefix}${module}${runtime.suffix}`, [...names]));
    const others = this.program.dependencies.map(
      ({ name, module }) => `import * as ${this.#aliases.get(name)!} from "./${module}.ts";`,
    );
    return [...lines, ...others].join("\n");
  }

  /** Without those imports of other programs that the text does not use. */
  usedImports(runtime: Runtime, text: string): string {
    return this.imports(runtime)
      .split("\n")
      .filter((line) => {
        const alias = /^import \* as (\w+)/.exec(line)?.[1];
        return alias === undefined || new RegExp(`\\b${alias}\\.`).test(text);
      })
      .join("\n");
  }
}

function importLine(module: string, names: readonly string[]): string {
  const bare = (name: string) => name.replace(/^type /, "");
  const sorted = names.toSorted((a, b) => (bare(a) < bare(b) ? -1 : 1));
  const types = sorted.every((name) => name.startsWith("type "));
  const list = types ? sorted.map(bare) : sorted;
  const head = types ? "import type" : "import";
  const line = `${head} { ${list.join(", ")} } from "${module}";`;
  return line.length <= 120 ? line : `${head} {\n${list.map((name) => `  ${name},\n`).join("")}} from "${module}";`;
}
