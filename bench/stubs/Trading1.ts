/** Stubs of Trading, compiled from trade.cr by `troupe stubs`: do not edit. */
import type { ImportOptions, Stub } from "troupe/protocols/call/client/stub";
import type { Interface, InterfaceProcedure } from "troupe/protocols/call/interface";
import type { Export, ExportOptions } from "troupe/protocols/call/server/export";
import type { Program } from "troupe/protocols/program/program";
import type { Reader, Writer } from "troupe/protocols/wire/bytes";
import { Enumeration, externalizeArray, internalizeArray } from "troupe/protocols/wire/standard/constructed";
import {
  externalizeCardinal,
  externalizeLongCardinal,
  externalizeString,
  internalizeCardinal,
  internalizeLongCardinal,
  internalizeString,
} from "troupe/protocols/wire/standard/predefined";

export interface Trade {
  readonly id: number;
  readonly account: string;
  readonly symbol: string;
  readonly venue: string;
  readonly side: TradeSide;
  readonly quantity: number;
  readonly price: number;
  readonly time: readonly number[];
  readonly flags: number;
  readonly note: string;
}

export function externalizeTrade(writer: Writer, value: Trade): void {
  externalizeLongCardinal(writer, value.id, "Trade.id");
  externalizeString(writer, value.account, "Trade.account");
  externalizeString(writer, value.symbol, "Trade.symbol");
  externalizeString(writer, value.venue, "Trade.venue");
  externalizeTradeSide(writer, value.side, "Trade.side");
  externalizeLongCardinal(writer, value.quantity, "Trade.quantity");
  externalizeLongCardinal(writer, value.price, "Trade.price");
  externalizeArray(writer, value.time, 2, "Trade.time", externalizeLongCardinal);
  externalizeCardinal(writer, value.flags, "Trade.flags");
  externalizeString(writer, value.note, "Trade.note");
}

export function internalizeTrade(reader: Reader): Trade {
  return {
    id: internalizeLongCardinal(reader),
    account: internalizeString(reader),
    symbol: internalizeString(reader),
    venue: internalizeString(reader),
    side: internalizeTradeSide(reader),
    quantity: internalizeLongCardinal(reader),
    price: internalizeLongCardinal(reader),
    time: internalizeArray(reader, 2, internalizeLongCardinal),
    flags: internalizeCardinal(reader),
    note: internalizeString(reader),
  };
}

export type TradeSide = "buy" | "sell";

const valuesOfTradeSide = new Enumeration<TradeSide>("TradeSide", [
  ["buy", 0],
  ["sell", 1],
]);

export function externalizeTradeSide(writer: Writer, value: TradeSide, place: string): void {
  valuesOfTradeSide.externalize(writer, value, place);
}

export function internalizeTradeSide(reader: Reader): TradeSide {
  return valuesOfTradeSide.internalize(reader);
}

/** What the program's procedures are to whoever calls them. */
export interface Trading {
  book(trade: Trade): Trade | Promise<Trade>;
}

const bookProcedure: InterfaceProcedure<[trade: Trade], Trade> = {
  name: "book",
  number: 0,
  externalizeArguments(writer, [trade]) {
    externalizeTrade(writer, trade);
  },
  internalizeArguments: (reader) => [internalizeTrade(reader)],
  externalizeResult: (writer, result) => externalizeTrade(writer, result),
  internalizeResult: (reader) => internalizeTrade(reader),
};

export const interfaceOfTrading: Interface<Trading> = {
  name: "Trading",
  procedures: [bookProcedure],
};

/** The client's stub for the troupe that has the program's name. */
export function bindTrading(program: Program, options: ImportOptions = {}): Promise<Stub<Trading>> {
  return program.bind(interfaceOfTrading, "Trading", options);
}

/** The server's stub: makes a module a member of a troupe. */
export function exportTrading(program: Program, module: Trading, options: ExportOptions<Trading>): Export {
  return program.export(module, { ...options, interface: interfaceOfTrading });
}
