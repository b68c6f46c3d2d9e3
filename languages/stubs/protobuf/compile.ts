/**
 * From the descriptors of Protocol Buffers files to the intermediate form: a program of types for each file, and one
 * for each service.
 */
import { existsSync, readFileSync } from "node:fs";
import { createFileRegistry, type DescFile, type DescMethod, type DescService, fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { BadSource, Source } from "../../source.ts";
import type { Procedure, Program } from "../form.ts";
import { memberName } from "../names.ts";
import { Forms, moduleOf } from "./forms.ts";

export interface ProtobufOptions {
  /** Methods that stream are left out, instead of refused. */
  readonly omitStreaming?: boolean;
  /** The path of a file, for errors; its name if nothing is said. */
  readonly path?: (name: string) => string;
}

/** Bytes of a FileDescriptorSet; `files` of it are compiled, by their names in it. @throws BadSource */
export function compileDescriptors(
  bytes: Uint8Array,
  files: readonly string[],
  options: ProtobufOptions = {},
): Program[] {
  return compileSet(fromBinary(FileDescriptorSetSchema, bytes), files, options);
}

/** @throws BadSource */
export function compileSet(set: FileDescriptorSet, files: readonly string[], options: ProtobufOptions = {}): Program[] {
  const registry = createFileRegistry(set);
  const forms = new Forms();
  const services = files.flatMap((name) => {
    const file = registry.getFile(name);
    return file === undefined ? [] : file.services.map((service) => compileService(service, forms, options));
  });
  if (services.length === 0) throw new BadSource(`${files.join(", ")}: no service; expected one, to make stubs of.`);
  const types = [...forms.files.values()].map((home): Program => ({
    name: moduleOf(home.file),
    module: moduleOf(home.file),
    source: sourceName(home.file),
    dependencies: [...home.dependencies].map((file) => ({ name: moduleOf(file), module: moduleOf(file) })),
    types: home.types,
    constants: [],
    errors: [],
    procedures: [],
  }));
  return [...types, ...services];
}

function sourceName(file: DescFile): string {
  return `${file.name}.proto`;
}

function compileService(service: DescService, forms: Forms, options: ProtobufOptions): Program {
  const used = new Set<DescFile>();
  const procedures: Procedure[] = [];
  service.methods.forEach((method, number) => {
    if (method.methodKind !== "unary") {
      if (options.omitStreaming === true) return;
      throw streaming(method, number, options.path ?? ((name) => name));
    }
    used.add(method.input.file).add(method.output.file);
    procedures.push({
      name: memberName(method.name),
      number,
      arguments: [{ name: "request", form: forms.reference(method.input, undefined) }],
      results: [{ name: "response", form: forms.reference(method.output, undefined) }],
      reports: [],
    });
  });
  if (procedures.length === 0)
    throw new BadSource(
      `${sourceName(service.file)}: service ${service.name} has no method; expected one that is unary.`,
    );
  return {
    name: service.name,
    module: `${moduleOf(service.file)}_${service.name}`,
    source: sourceName(service.file),
    dependencies: [...used].map((file) => ({ name: moduleOf(file), module: moduleOf(file) })),
    types: [],
    constants: [],
    errors: [],
    procedures,
  };
}

const serviceField = 6;
const methodField = 2;

/** A call has one CALL and one RETURN: what streams has no place in it. */
function streaming(method: DescMethod, index: number, path: (name: string) => string): BadSource {
  const { file } = method.parent;
  const kind = { server_streaming: "results", client_streaming: "arguments", bidi_streaming: "arguments and results" };
  const what = kind[method.methodKind as keyof typeof kind];
  const problem = `method ${method.name} of service ${method.parent.name} streams its ${what}; expected a unary method, since a replicated call has one CALL and one RETURN (omit-streaming leaves such methods out)`;
  const place = [serviceField, file.services.indexOf(method.parent), methodField, index];
  const name = path(sourceName(file));
  const location = file.proto.sourceCodeInfo?.location.find((each) => each.path.join() === place.join());
  const [line = 0, column = 0, ...end] = location?.span ?? [];
  if (location === undefined) return new BadSource(`${name}: ${problem}.`);
  if (!existsSync(name)) return new BadSource(`${name}:${line + 1}:${column + 1}: ${problem}.`);
  const text = readFileSync(name, "utf8");
  const lines = text.split("\n");
  const from = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + column;
  const width = end.length === 1 ? end[0]! - column : (lines[line]?.length ?? 0) - column;
  return new Source(name, text).bad({ from, to: from + width }, problem);
}
