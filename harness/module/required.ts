/**
 * CommonJS in the import graph of a module. Node does not pass what `require` loads through module hooks; therefore its
 * files are wrapped when they are compiled: a function around the text binds the names that stand-ins replace.
 */
import { isBuiltin, Module } from "node:module";
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { own } from "./globals.ts";
import { bare, refusedBuiltin } from "./outside.ts";
import { replacedNames, standIns } from "./source.ts";
import asyncHooks from "./stand-ins/async-hooks.ts";
import buffer from "./stand-ins/buffer.ts";
import crypto from "./stand-ins/crypto.ts";
import perfHooks from "./stand-ins/perf-hooks.ts";
import timers from "./stand-ins/timers.ts";
import zlib from "./stand-ins/zlib.ts";

/** What `require` answers for a part of Node that has a stand-in. */
const required: Readonly<Record<string, unknown>> = {
  async_hooks: asyncHooks,
  buffer,
  crypto,
  perf_hooks: perfHooks,
  process: own["process"],
  timers,
  "timers/promises": timers.promises,
  zlib,
};

interface Loader {
  _load(request: string, parent: { filename?: string } | undefined, isMain: boolean): unknown;
  _resolveFilename(request: string, parent: unknown): string;
  readonly prototype: {
    _compile: (this: unknown, content: string, filename: string, ...rest: unknown[]) => unknown;
  };
}

/** The text in a function that binds the names, on the lines where it was. */
function wrapped(text: string): string {
  const names = replacedNames.join(", ");
  const body = text.replace(/^#!.*/, "").replaceAll("process.env.NODE_ENV", '"production"');
  return `return (function (${names}) { return (function () {${body}\n}).call(this); }).call(this, ${replacedNames.map((name) => `${standIns}.${name}`).join(", ")});`;
}

/** From now on, guards the files that the hooks name through the port, and all that they require. */
export function guardRequired(port: MessagePort): void {
  const loader = Module as unknown as Loader;
  const load = loader._load.bind(loader);
  const compile = loader.prototype._compile;
  const guarded = new Set<string>();
  const isGuarded = (path: string | undefined): boolean => {
    for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port)) {
      guarded.add(told.message as string);
    }
    return path !== undefined && guarded.has(path);
  };
  loader._load = (request, parent, isMain) => {
    if (!isGuarded(parent?.filename)) return load(request, parent, isMain);
    if (isBuiltin(request)) {
      refusedBuiltin(request, parent!.filename!);
      const standIn = required[bare(request)];
      if (standIn !== undefined) return standIn;
    } else guarded.add(loader._resolveFilename(request, parent));
    return load(request, parent, isMain);
  };
  loader.prototype._compile = function (content, filename, ...rest) {
    return compile.call(this, isGuarded(filename) ? wrapped(content) : content, filename, ...rest);
  };
}
