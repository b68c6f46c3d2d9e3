/**
 * A record of 94 bytes, externalized and internalized again and again. Usage: encoding.js ours|protobuf-es|msgpackr
 * COUNT. An operation is both.
 */
import { create, createFileRegistry, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Reader, Writer } from "../../protocols/wire/bytes.ts";
import { externalizeTrade, internalizeTrade, type Trade } from "../stubs/Trading1.ts";
import { measured, print } from "./measured.ts";

const trade: Trade = {
  id: 4_217_771,
  account: "ACC-004217",
  symbol: "TRPE",
  venue: "BERKELEY",
  side: "sell",
  quantity: 1200,
  price: 184_750,
  time: [489_024_000, 1_985],
  flags: 3,
  note: "a note of forty letters, as clerks write",
};

function ours(): () => unknown {
  const writer = new Writer();
  return () => {
    writer.begin(0);
    externalizeTrade(writer, trade);
    return internalizeTrade(new Reader(writer.finish(), 0));
  };
}

/** The same record as a message; its descriptor is what generated code has. */
function protobuf(): () => unknown {
  const { STRING, UINT32, ENUM } = FieldDescriptorProto_Type;
  const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;
  const types = [UINT32, STRING, STRING, STRING, ENUM, UINT32, UINT32, UINT32, UINT32, STRING];
  const field = Object.keys(trade).map((name, i) => ({
    name,
    number: i + 1,
    type: types[i]!,
    label: name === "time" ? REPEATED : OPTIONAL,
    ...(name === "side" && { typeName: ".Side" }),
  }));
  const enumType = [{ name: "Side", value: ["buy", "sell"].map((name, number) => ({ name, number })) }];
  const file = { name: "trade.proto", syntax: "proto3", messageType: [{ name: "Trade", field }], enumType };
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  const schema = registry.getMessage("Trade")!;
  const message: Message = create(schema, { ...trade, side: 1 } as Record<string, unknown>);
  return () => fromBinary(schema, toBinary(schema, message));
}

async function msgpackr(): Promise<() => unknown> {
  // Without this its decoder is a native addition, where there is one.
  process.env["MSGPACKR_NATIVE_ACCELERATION_DISABLED"] = "true";
  const { Packr } = await import("msgpackr");
  const packr = new Packr({ useRecords: false });
  return () => packr.unpack(packr.pack(trade)) as unknown;
}

const makers: Readonly<Record<string, () => (() => unknown) | Promise<() => unknown>>> = {
  ours,
  "protobuf-es": protobuf,
  msgpackr,
};

const [, , name = "ours", count = "1000000"] = process.argv;
const trip = await makers[name]!();
const { note } = trip() as Trade;
if (note !== trade.note) throw new Error(`${name}: the record came back with the note ${note}`);
const run = (times: number): Promise<void> => {
  for (let i = 0; i < times; i++) trip();
  return Promise.resolve();
};
await run(200_000);
print(await measured(Number(count), () => run(Number(count))));
