/** Records that are sent again and again: the bytes are those of any value, and a record is made of them once. */
import assert from "node:assert/strict";
import { interfaceOf } from "../../../protocols/call/interface.ts";
import { founded, inOffice, withMembers, type Registration } from "../../../protocols/binding/register/register.ts";
import { Ringmaster, type Vote } from "../../../protocols/binding/register/ringmaster.ts";
import { MalformedError, Reader, Writer } from "../../../protocols/wire/bytes.ts";
import { formWithRecords, taggedForm } from "../../../protocols/wire/procedure.ts";
import { KnownRecords } from "../../../protocols/wire/records.ts";

const writer = new Writer();

function written(write: () => void): Uint8Array {
  writer.begin(0);
  write();
  return writer.finish();
}

interface Item {
  readonly item: number;
  readonly parts: readonly { readonly name: string }[];
}

const itemOf = (item: number): Item => ({ item, parts: [{ name: "a" }, { name: `part of ${item}` }] });

describe("known records", () => {
  const plain = taggedForm("take", 0);
  let form = plain;
  beforeEach(() => {
    form = formWithRecords("take", 0, new KnownRecords((value) => "item" in value));
  });
  const encode = (values: readonly unknown[]) => written(() => form.externalizeArguments(writer, values));
  const decode = (bytes: Uint8Array) => form.internalizeArguments(new Reader(bytes, 0));

  it("are written with the bytes of any value, the first time and again, wherever they stand", () => {
    const [a, b] = [itemOf(1), itemOf(2)];
    for (const values of [[a], [a, b, a], [[b], { in: a }], [new Map([["key", a]]), 1, "text", { ...a }]]) {
      const bytes = written(() => plain.externalizeArguments(writer, values));
      assert.deepEqual(encode(values), bytes);
      assert.deepEqual(encode(values), bytes);
      assert.deepEqual(decode(bytes), values);
      assert.deepEqual(decode(bytes), values);
    }
  });

  it("are one object, which nobody can change; other objects are new each time", () => {
    const bytes = written(() => plain.externalizeArguments(writer, [itemOf(1), { other: 1 }]));
    const [[first, other], [again, another]] = [decode(bytes), decode(bytes)] as [unknown[], unknown[]];
    assert.equal(first, again);
    assert.notEqual(other, another);
    const { parts } = first as { parts: { name: string }[] };
    assert.throws(() => parts.push({ name: "b" }), TypeError);
    assert.throws(() => (parts[0]!.name = "b"), TypeError);
    assert(!Object.isFrozen(other));
  });

  it("are read as themselves by whoever has sent them", () => {
    const item = itemOf(3);
    assert.equal(decode(encode([item]))[0], item);
  });

  it("are told apart by every byte", () => {
    const items = Array.from({ length: 12 }, (_, i) => itemOf(1000 + i));
    items.forEach((item) => encode([item]));
    for (const item of items) assert.equal(decode(encode([item]))[0], item);
    const changed = encode([{ ...items[5]!, parts: [{ name: "b" }, { name: "part of 1005" }] }]);
    assert.equal((decode(changed)[0] as Item).parts[0]!.name, "b");
  });

  it("are forgotten after others, and made anew", () => {
    const item = itemOf(0);
    const bytes = encode([item]);
    for (let i = 1; i < 40; i++) encode([itemOf(i)]);
    const again = decode(bytes)[0];
    assert.notEqual(again, item);
    assert.deepEqual(again, item);
  });

  it("are not found in a message that ends within them", () => {
    const bytes = encode([itemOf(4)]);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decode(bytes.subarray(0, length)), MalformedError);
    }
  });

  it("are not kept if they hold what cannot be frozen, or are long", () => {
    for (const inside of [new Uint8Array([1]), new Map([[1, 2]]), [new Set([1])], /a/g, "a".repeat(40_000)]) {
      const values = [{ item: 1, inside }];
      const bytes = encode(values);
      assert.deepEqual(bytes, encode(values));
      const [read, again] = [decode(bytes)[0], decode(bytes)[0]];
      assert.deepEqual(read, values[0]);
      assert.notEqual(read, again);
      assert(!Object.isFrozen(read) && !Object.isFrozen(values[0]));
    }
  });

  it("do not reach the messages of others", () => {
    const item = itemOf(5);
    encode([item]);
    assert.throws(() => encode([item, () => 0]), TypeError);
    const [other] = plain.internalizeArguments(new Reader(encode([item]), 0));
    assert.notEqual(other, item);
    assert(!Object.isFrozen(other));
    const fresh = itemOf(6);
    written(() => plain.externalizeArguments(writer, [fresh]));
    assert(!Object.isFrozen(fresh));
  });

  it("are the registrations in calls of the Ringmaster", () => {
    const life = { address: 7, incarnation: 1 };
    let value: Registration = founded(undefined, "store", life, { quorum: "majority", group: null });
    const { procedures } = interfaceOf(Ringmaster);
    const accept = procedures.find(({ name }) => name === "accept")!;
    for (let i = 2; i < 12; i++) {
      value = inOffice(withMembers(value, [life, { address: i, incarnation: 1 }]), life);
      const ballot = [i, 7, 1, 0] as const;
      const vote: Vote = { granted: true, promised: ballot, accepted: { ballot, value } };
      const bytes = written(() => plain.externalizeResult(writer, vote));
      for (let again = 0; again < 2; again++) {
        assert.deepEqual(
          written(() => accept.externalizeResult(writer, vote)),
          bytes,
        );
        const read = accept.internalizeResult(new Reader(bytes, 0)) as Vote;
        assert.deepEqual(read, vote);
        assert.equal(read.accepted!.value, value);
      }
    }
  });
});
