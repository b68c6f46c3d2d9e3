/** node:process for modules. What members would not see alike is refused when it is used, not when it is imported. */
import { ownProcess } from "../globals.ts";

export const { platform, version, versions, arch, release, stdout, stderr } = ownProcess;
export const env: NodeJS.ProcessEnv = new Proxy(
  {},
  { get: (_, name) => ownProcess.env[name as string], has: (_, name) => name in ownProcess.env },
);
export const cwd = (): string => ownProcess.cwd();
export const hrtime = (before?: [number, number]): [number, number] => ownProcess.hrtime(before);
export const nextTick = (piece: (...args: unknown[]) => void, ...args: unknown[]): void =>
  ownProcess.nextTick(piece, ...args);
export const emitWarning = (warning: string | Error): void => ownProcess.emitWarning(warning);
export default ownProcess;
