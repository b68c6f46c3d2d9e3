/** node:crypto for modules: its chance is the thread's own, equal at every member. */
import real from "node:crypto";
import { fillRandom, like, ownCrypto, ownTimers, refusedInside } from "../globals.ts";
import { isInside, isOwn, random } from "../inside.ts";
import { chancy, refuse } from "../outside.ts";
import { calledBack } from "./called-back.ts";

// What has no stand-in here is Node's own.
export * from "node:crypto";

type Done = (error: null, value: unknown) => void;

/** Answers, or calls back later. */
function answer(value: unknown, done: Done | undefined): unknown {
  if (done === undefined) return value;
  ownTimers.setImmediate(() => done(null, value));
  return undefined;
}

/** The stand-in, in a thread; else Node's own. */
function inThread<F extends (...args: never[]) => unknown>(own: (...args: never[]) => unknown, original: F): F {
  return ((...args: never[]) => (isOwn() ? own(...args) : original(...args))) as F;
}

export const randomBytes = inThread(
  (size: number, done?: Done) => answer(fillRandom(Buffer.alloc(size)), done),
  real.randomBytes as (...args: never[]) => unknown,
);

export const randomInt = inThread(
  (first: number, ...rest: (number | Done)[]) => {
    const second = typeof rest[0] === "number" ? rest[0] : undefined;
    const [least, limit] = second === undefined ? [0, first] : [first, second];
    const done = rest.find((each) => typeof each === "function") as Done | undefined;
    return answer(least + Math.floor(random() * (limit - least)), done);
  },
  real.randomInt as (...args: never[]) => unknown,
);

function part(buffer: ArrayBufferView, offset = 0, size = buffer.byteLength - offset): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, size);
}

export const randomFillSync = inThread(
  (buffer: ArrayBufferView, offset?: number, size?: number) => {
    fillRandom(part(buffer, offset, size));
    return buffer;
  },
  real.randomFillSync as (...args: never[]) => unknown,
);

export const randomFill = inThread(
  (buffer: ArrayBufferView, ...rest: (number | Done)[]) => {
    const [offset, size] = rest.filter((each) => typeof each === "number");
    fillRandom(part(buffer, offset, size));
    return answer(buffer, rest.at(-1) as Done);
  },
  real.randomFill as (...args: never[]) => unknown,
);

export const pseudoRandomBytes = randomBytes;

export const pbkdf2 = calledBack(real.pbkdf2, real.pbkdf2Sync);
export const scrypt = calledBack(real.scrypt as (...args: never[]) => void, real.scryptSync);
export const hkdf = calledBack(real.hkdf, real.hkdfSync);

/** Kinds of keys whose signatures hold chance. */
const chancyKeys = ["dsa", "ec", "rsa-pss"];

type SigningKey = Parameters<typeof real.sign>[2];

/** Refuses a signature that would be another one at each member. */
function refuseChance(key: SigningKey): void {
  if (!isInside()) return;
  const { padding } = key as { readonly padding?: number };
  const { asymmetricKeyType = "" } = key instanceof real.KeyObject ? key : real.createPrivateKey(key as string);
  if (padding === real.constants.RSA_PKCS1_PSS_PADDING || chancyKeys.includes(asymmetricKeyType)) refuse("crypto.sign");
}

export const sign = ((...args: Parameters<typeof real.sign>) => {
  refuseChance(args[2]);
  return real.sign(...args);
}) as typeof real.sign;

export const createSign = (...args: Parameters<typeof real.createSign>): ReturnType<typeof real.createSign> => {
  const signing = real.createSign(...args);
  const finish = signing.sign.bind(signing) as (...given: unknown[]) => unknown;
  const checked = (key: SigningKey, ...rest: unknown[]): unknown => {
    refuseChance(key);
    return finish(key, ...rest);
  };
  return Object.assign(signing, { sign: checked });
};

const refused = Object.fromEntries(
  chancy.map((name) => [name, refusedInside(`crypto.${name}`, real[name] as (...args: never[]) => unknown)]),
);
export const {
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  generatePrime,
  generatePrimeSync,
  getDiffieHellman,
  publicEncrypt,
} = refused;

export const randomUUID = (): string => ownCrypto.randomUUID();
export const getRandomValues = fillRandom;
export const webcrypto = ownCrypto;

export default like(real, {
  ...refused,
  hkdf,
  pbkdf2,
  prng: randomBytes,
  pseudoRandomBytes,
  rng: randomBytes,
  scrypt,
  randomBytes,
  randomInt,
  randomFill,
  randomFillSync,
  randomUUID,
  getRandomValues,
  sign,
  createSign,
  webcrypto,
});
