/** What lies outside a module: parts of Node that members would not see alike. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BadData } from "../../sim/bad-data.ts";
import { packageRoot } from "../package-root.ts";
import { placeOf, shownPath } from "./source.ts";

/** What the class of the module declares as the same for all. */
let allowed: ReadonlySet<string> = new Set();

/** Where this package's own code lies, compiled and as source maps show it. */
const own = ["dist", "protocols", "languages", "sim", "udp", "harness"].map((room) => join(packageRoot, room, "/"));

/** Parts of Node for which a stand-in gives all members the same. */
const standInFiles: Readonly<Record<string, string>> = {
  async_hooks: "async-hooks",
  buffer: "buffer",
  crypto: "crypto",
  perf_hooks: "perf-hooks",
  process: "process",
  timers: "timers",
  "timers/promises": "timers-promises",
  zlib: "zlib",
};

/** Parts of Node that compute and no more. */
const harmless = new Set(
  "assert assert/strict constants diagnostics_channel events path path/posix path/win32 punycode querystring stream stream/promises stream/web string_decoder url util util/types".split(
    " ",
  ),
);

export function bare(specifier: string): string {
  return specifier.replace(/^node:/, "");
}

/** The URL of the stand-in for a part of Node; undefined if there is none. */
export function standInFor(specifier: string): string | undefined {
  const file = standInFiles[bare(specifier)];
  return file === undefined ? undefined : new URL(`./stand-ins/${file}.js`, import.meta.url).href;
}

/**
 * Refuses a part of Node that lies outside a module, for the file at the path.
 *
 * @throws Outside with file and line
 */
export function refusedBuiltin(specifier: string, path: string): void {
  const name = bare(specifier);
  if (harmless.has(name) || standInFiles[name] !== undefined || allowed.has(name)) return;
  throw new Outside(`${placeOf([name, `node:${name}`], path)}: `, `node:${name}`);
}

/** Ways out of the process that are free names. */
export const doors = ["fetch", "WebSocket", "EventSource", "XMLHttpRequest", "BroadcastChannel", "MessageChannel"];

/** Functions of node:async_hooks that tell of one process. */
export const asyncHooks = ["createHook", "executionAsyncId", "executionAsyncResource", "triggerAsyncId"] as const;

/** Functions of node:crypto whose chance no thread can have. */
export const chancy = [
  "createDiffieHellman",
  "createDiffieHellmanGroup",
  "createECDH",
  "generateKey",
  "generateKeyPair",
  "generateKeyPairSync",
  "generateKeySync",
  "generatePrime",
  "generatePrimeSync",
  "getDiffieHellman",
  "publicEncrypt",
] as const;

/** Properties of `process` by which code hears of one process. */
export const listening = new Set(
  "addListener emit off on once prependListener prependOnceListener removeAllListeners removeListener".split(" "),
);

/** Properties of `process` that members would not see alike. */
export const refusing = new Set([
  ...listening,
  "argv",
  "argv0",
  "availableMemory",
  "binding",
  "chdir",
  "constrainedMemory",
  "cpuUsage",
  "cwd",
  "debugPort",
  "env",
  "execArgv",
  "execPath",
  "exit",
  "exitCode",
  "getBuiltinModule",
  "getegid",
  "geteuid",
  "getgid",
  "getgroups",
  "getuid",
  "hrtime",
  "kill",
  "memoryUsage",
  "pid",
  "ppid",
  "report",
  "resourceUsage",
  "stdin",
  "title",
  "umask",
  "uptime",
]);

/** From now on modules may use these, since their class declares them. */
export function allow(names: readonly string[]): void {
  allowed = new Set([...allowed, ...names.map(bare)]);
}

/** A module uses what lies outside it. */
export class Outside extends BadData {
  constructor(place: string, name: string) {
    super(
      `${place}${name} is not the same at all members of a troupe. Hand its value over as an argument; or declare that it is the same: static outside = ["${name}"].`,
    );
    Object.defineProperty(this, "name", { value: "Outside" });
  }
}

/**
 * Refuses the use of what lies outside a module.
 *
 * @throws Outside with file and line
 */
export function refuse(name: string): void {
  if (allowed.has(name)) return;
  const place = placeIn(new Error().stack ?? "");
  throw new Outside(place === "" ? "" : `${place}: `, name);
}

/** The first place in a stack that is neither Node's nor this package's: `bank.ts:3`. */
export function placeIn(stack: string): string {
  for (const [, place, line] of stack.matchAll(/\(?((?:file:\/\/)?\/[^\s()]+?):(\d+):\d+\)?$/gm)) {
    const path = place!.startsWith("file:") ? fileURLToPath(place!) : place!;
    if (!own.some((room) => path.startsWith(room))) return `${shownPath(path)}:${line}`;
  }
  return "";
}
