/**
 * Other programs, where they are installed: ns-3 (Debian: libns3-dev, g++), SimPy (Debian: python3-simpy3), and
 * Porcupine, which Go fetches (Debian: golang-go).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const sources = join(root, "bench", "peers");
const binaries = join(root, "out", "peers");

export type Ns3Program = "ns3-hold" | "ns3-calls" | "ns3-udp-echo";

const libraries: Readonly<Record<Ns3Program, readonly string[]>> = {
  "ns3-hold": ["core"],
  "ns3-calls": ["core"],
  "ns3-udp-echo": ["core", "network", "internet", "point-to-point", "applications"],
};

/** Command of the compiled program; undefined, with one message on standard error, if ns-3 is not installed. */
export function ns3(program: Ns3Program): string | undefined {
  if (!ns3Installed()) return undefined;
  const binary = join(binaries, `${program}-${digest()}`);
  if (!existsSync(binary)) {
    mkdirSync(binaries, { recursive: true });
    const flags = ["-O2", "-std=c++17", "-o", binary, join(sources, `${program}.cc`)];
    execFileSync("g++", [...flags, ...libraries[program].map((library) => `-lns3-${library}`)]);
  }
  return binary;
}

let ns3Found: boolean | undefined;

function ns3Installed(): boolean {
  ns3Found ??= found("ns-3", "libns3-dev and g++", "g++", ["-E", "-include", "ns3/core-module.h", "-x", "c++", "-"]);
  return ns3Found;
}

/** Python with SimPy; undefined, with one message on standard error, if it is not installed. */
export function simpy(program: "simpy_hold.py" | "simpy_calls.py"): readonly string[] | undefined {
  return simpyInstalled() ? [python, join(sources, program)] : undefined;
}

/** Debian's own: another Python that comes first in the path knows nothing of Debian's packages. */
const python = "/usr/bin/python3";
let simpyFound: boolean | undefined;

function simpyInstalled(): boolean {
  simpyFound ??= found("SimPy", "python3-simpy3", python, ["-c", "import simpy"]);
  return simpyFound;
}

/** Porcupine's command; undefined, with one message on standard error, if there is no Go, or if Go cannot fetch it. */
export function porcupine(): string | undefined {
  if (!found("Go", "golang-go", "go", ["version"])) return undefined;
  const source = join(sources, "porcupine");
  const binary = join(
    binaries,
    `porcupine-${digestOf(["go.mod", "go.sum", "main.go"].map((file) => join(source, file)))}`,
  );
  if (existsSync(binary)) return binary;
  mkdirSync(binaries, { recursive: true });
  const { status, stderr } = spawnSync("go", ["build", "-o", binary, "."], { cwd: source, encoding: "utf8" });
  if (status === 0) return binary;
  process.stderr.write(`Porcupine cannot be built; it is left out: ${stderr.trim().split("\n").at(-1)}\n`);
  return undefined;
}

function found(name: string, packages: string, probe: string, parameters: readonly string[]): boolean {
  const { status } = spawnSync(probe, parameters, { input: "", stdio: ["pipe", "ignore", "ignore"] });
  if (status !== 0) process.stderr.write(`${name} is not installed (Debian: ${packages}); it is left out.\n`);
  return status === 0;
}

/** Changes with every change of a source, so that a binary is never older than it. */
function digest(): string {
  const files = readdirSync(sources).filter((file) => /\.(cc|h)$/.test(file));
  return digestOf(files.toSorted((a, b) => (a < b ? -1 : 1)).map((file) => join(sources, file)));
}

function digestOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}
