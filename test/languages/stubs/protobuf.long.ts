/** Protocol Buffers services as troupes: the plugin, presence, and bytes that are the same for equal values. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Form } from "../../../languages/stubs/form.ts";
import { compileDescriptors } from "../../../languages/stubs/protobuf/compile.ts";
import { Codecs, type Codec } from "../../../languages/stubs/schema/codec.ts";
import type { Stub } from "../../../protocols/call/client/stub.ts";
import type { Interface } from "../../../protocols/call/interface.ts";
import { Reader, Writer } from "../../../protocols/wire/bytes.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";
import { compile, directory, lint, load, root } from "./emitted.ts";
import { descriptorsOf, hasProtoc } from "./protoc.ts";

const weather = `
syntax = "proto3";
package weather.v1;
import "weather/v1/place.proto";
import "google/protobuf/timestamp.proto";

// A service as others have it.
service Stations {
  rpc Report(ReportRequest) returns (ReportResponse);
  rpc Latest(Place) returns (Reading);
}
enum Sky { SKY_UNSPECIFIED = 0; SKY_CLEAR = 1; SKY_FAIR = 1; SKY_RAIN = 70000; option allow_alias = true; }
message Reading {
  double celsius = 1;
  optional float wind = 2;
  Sky sky = 3;
  map<string, sint64> extremes = 4;
  map<uint32, Place> near = 5;
  oneof source { string observer = 6; Device device = 7; bytes raw = 200; }
  repeated Reading before = 8;
  google.protobuf.Timestamp at = 9;
  message Device { fixed64 serial = 1; bool is_calibrated = 2; }
}
message ReportRequest { Place place = 1; Reading reading = 2; }
message ReportResponse { uint32 count = 1; }
`;

const place = `
syntax = "proto2";
package weather.v1;
message Place {
  required string name = 1;
  optional int32 height = 2 [default = 7];
  repeated group Corner = 3 { optional double x = 1; optional double y = 2; }
  extensions 100 to 199;
}
`;

interface Place {
  readonly name: string;
  readonly height?: number;
  readonly corner: readonly object[];
}

interface Stations {
  report(request: { place?: Place; reading?: object }): { count: number };
  latest(request: Place): object;
}

describe("Protocol Buffers services", function () {
  this.timeout(60_000);
  let path = "";

  before(function () {
    if (!hasProtoc) this.skip();
    path = directory();
    mkdirSync(join(path, "weather/v1"), { recursive: true });
    writeFileSync(join(path, "weather/v1/stations.proto"), weather);
    writeFileSync(join(path, "weather/v1/place.proto"), place);
  });

  const reading = {
    celsius: -0,
    wind: Number.NaN,
    sky: "SKY_RAIN",
    extremes: new Map([
      ["z", 1n],
      ["a", -(2n ** 63n)],
    ]),
    near: new Map([[7, { name: "x", corner: [] }]]),
    source: { case: "device", value: { serial: 2n ** 64n - 1n, isCalibrated: true } },
    before: [],
    at: { seconds: 1n, nanos: 5 },
  };

  it("become troupes by the plugin, and are called", async () => {
    const out = join(path, "out");
    mkdirSync(out);
    const plugin = join(path, "protoc-gen-troupe");
    writeFileSync(
      plugin,
      `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/languages/stubs/protobuf/plugin.js")}"\n`,
    );
    chmodSync(plugin, 0o755);
    const flags = [`--plugin=${plugin}`, `--troupe_out=${out}`, "--troupe_opt=collator=latest=majority"];
    const { status, stderr } = spawnSync("protoc", [`--proto_path=${path}`, ...flags, "weather/v1/stations.proto"]);
    assert.equal(status, 0, stderr.toString());
    const files = readdirSync(out).map((name) => ({ name, text: readFileSync(join(out, name), "utf8") }));
    assert.deepEqual(files.map(({ name }) => name).toSorted(), [
      "google_protobuf_timestamp.ts",
      "weather_v1_place.ts",
      "weather_v1_stations.ts",
      "weather_v1_stations_Stations.ts",
    ]);
    const compiled = compile(files);
    lint(compiled);
    const { interfaceOfStations } = await load<{ interfaceOfStations: Interface<Stations> }>(
      compiled,
      "weather_v1_stations_Stations",
    );
    assert.equal(interfaceOfStations.procedures[1]!.collator?.name, "majority");
    const world = new World({ seed: "weather" });
    const stage = new Stage(world);
    class Office {
      readings: unknown[] = [];
      report(request: { reading?: object }): { count: number } {
        return { count: this.readings.push(request.reading) };
      }
      latest(_place: object): object {
        return this.readings.at(-1) as object;
      }
    }
    const office = stage.troupe("office", () => new Office(), 3, { interface: interfaceOfStations });
    const client = stage.client("client");
    const stations: Stub<Stations> = client.import(interfaceOfStations, office.troupe);
    const berkeley = { name: "Berkeley", height: 52, corner: [{ x: 1 }] };
    const done = client.thread(async () => {
      assert.deepEqual(await stations.report({ place: berkeley, reading }), { count: 1 });
      const latest = await stations.latest({ name: "anywhere", corner: [] });
      const sortedExtremes = new Map([...reading.extremes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
      assert.deepEqual(latest, { ...reading, extremes: sortedExtremes });
      await assert.rejects(
        stations.latest({ corner: [] } as unknown as Place),
        /Place\.name is undefined; expected a string/,
      );
    });
    await world.run();
    await done;
  });

  it("say what is wrong in the plugin's own words", () => {
    const plugin = join(path, "protoc-gen-troupe");
    const flags = [`--plugin=${plugin}`, `--troupe_out=${path}`, "--troupe_opt=collators=x"];
    const { status, stderr } = spawnSync("protoc", [`--proto_path=${path}`, ...flags, "weather/v1/stations.proto"]);
    assert.notEqual(status, 0);
    assert.match(stderr.toString(), /there is no option collators; collator is near; there are binding, collator/);
  });

  it("have the same bytes for equal values: order of maps, fields that are not known, -0 and NaN", () => {
    const programs = compileDescriptors(descriptorsOf(path, "weather/v1/stations.proto"), [
      "weather/v1/stations.proto",
    ]);
    const types = new Map<string, Form>(programs.flatMap((each) => each.types.map(({ name, form }) => [name, form])));
    const codec: Codec = new Codecs(types).of({ kind: "named", name: "Reading" });
    const bytesOf = (value: unknown): string => {
      const writer = new Writer();
      writer.begin(0);
      codec.externalize(writer, value, "value");
      return Buffer.from(writer.finish()).toString("hex");
    };
    const bytes = bytesOf(reading);
    const turned = new Map([...reading.extremes].toReversed());
    assert.equal(bytesOf({ ...reading, extremes: turned }), bytes);
    assert.equal(bytesOf({ ...reading, $typeName: "weather.v1.Reading", $unknown: [{ no: 99 }] }), bytes);
    const otherNaN = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer)[0];
    assert.equal(bytesOf({ ...reading, wind: otherNaN }), bytes);
    assert.notEqual(bytesOf({ ...reading, celsius: 0 }), bytes);
    assert.equal(bytesOf({ ...reading, sky: "SKY_FAIR" }), bytesOf({ ...reading, sky: "SKY_CLEAR" }));
    const back = codec.internalize(new Reader(Buffer.from(bytes, "hex"), 0)) as { celsius: number; wind: number };
    assert.ok(Object.is(back.celsius, -0) && Number.isNaN(back.wind));
  });
});
