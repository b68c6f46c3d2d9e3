#!/usr/bin/env node
/**
 * The plugin `protoc-gen-troupe`: protoc (or buf) gives it the descriptors of the files on standard input, and it
 * answers stubs.
 *
 *     protoc --troupe_out=stubs --troupe_opt=binding=explicit bank.proto
 */
import { readFileSync } from "node:fs";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  Edition,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { BadSource } from "../../source.ts";
import { emit } from "../emit/module.ts";
import { meant } from "../names.ts";
import { emitOptions, type Request } from "../request.ts";
import { compileSet } from "./compile.ts";

const known = ["binding", "collator", "argument-collator", "calls", "omit-streaming"];

/** `name=value`, separated by commas. @throws BadSource */
function parameters(text: string): { request: Request; omitStreaming: boolean } {
  const pairs = text.split(",").filter((each) => each !== "");
  const all = pairs.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  for (const [name] of all) {
    if (!known.includes(name))
      throw new BadSource(`there is no option ${name}${meant(name, known)}; there are ${known.join(", ")}.`);
  }
  const valuesOf = (name: string) => all.filter(([each]) => each === name).map(([, value]) => value);
  const [binding = "implicit"] = valuesOf("binding");
  if (binding !== "implicit" && binding !== "explicit")
    throw new BadSource(`binding is implicit or explicit, not "${binding}".`);
  const request = {
    collators: valuesOf("collator"),
    argumentCollators: valuesOf("argument-collator"),
    calls: valuesOf("calls"),
    binding,
  } as const;
  return { request, omitStreaming: valuesOf("omit-streaming").length > 0 };
}

function answer(request: CodeGeneratorRequest): CodeGeneratorResponse {
  const able = {
    supportedFeatures: BigInt(
      CodeGeneratorResponse_Feature.PROTO3_OPTIONAL | CodeGeneratorResponse_Feature.SUPPORTS_EDITIONS,
    ),
    minimumEdition: Edition.EDITION_PROTO2,
    maximumEdition: Edition.EDITION_2024,
  };
  try {
    const { request: asked, omitStreaming } = parameters(request.parameter);
    const set = create(FileDescriptorSetSchema, { file: request.protoFile });
    const programs = compileSet(set, request.fileToGenerate, { omitStreaming });
    const file = emit(programs, emitOptions(asked, programs)).map(({ name, text }) => ({ name, content: text }));
    return create(CodeGeneratorResponseSchema, { ...able, file });
  } catch (error) {
    if (!(error instanceof BadSource)) throw error;
    return create(CodeGeneratorResponseSchema, { ...able, error: error.message });
  }
}

const request = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
process.stdout.write(toBinary(CodeGeneratorResponseSchema, answer(request)));
