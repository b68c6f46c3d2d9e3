/** node:zlib for modules: what calls back does so in the thread. */
import real from "node:zlib";
import { like } from "../globals.ts";
import { calledBack } from "./called-back.ts";

// What has no stand-in here is Node's own.
export * from "node:zlib";

type Computation = (...args: never[]) => void;

export const brotliCompress = calledBack(real.brotliCompress as Computation, real.brotliCompressSync);
export const brotliDecompress = calledBack(real.brotliDecompress as Computation, real.brotliDecompressSync);
export const deflate = calledBack(real.deflate as Computation, real.deflateSync);
export const deflateRaw = calledBack(real.deflateRaw as Computation, real.deflateRawSync);
export const gunzip = calledBack(real.gunzip as Computation, real.gunzipSync);
export const gzip = calledBack(real.gzip as Computation, real.gzipSync);
export const inflate = calledBack(real.inflate as Computation, real.inflateSync);
export const inflateRaw = calledBack(real.inflateRaw as Computation, real.inflateRawSync);
export const unzip = calledBack(real.unzip as Computation, real.unzipSync);

export default like(real, {
  brotliCompress,
  brotliDecompress,
  deflate,
  deflateRaw,
  gunzip,
  gzip,
  inflate,
  inflateRaw,
  unzip,
});
