/** Local times: against Intl, the other way round, at changes of clocks and away from them. */
import assert from "node:assert/strict";
import { TimeReader, writeTime } from "../../../harness/import/times.ts";
import { Stream } from "../../../sim/chance/random.ts";

const minute = 60_000;

/** What clocks show in a zone, by Intl. */
function shown(zone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    calendar: "iso8601",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name)!.padStart(2, "0");
    return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")}`;
  };
}

describe("local times", () => {
  // Half an hour forward and back; a day that never was; an hour at midnight; a change on another side of the year;
  // none.
  const zones = [
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "America/Denver",
    "Asia/Kolkata",
  ];
  for (const zone of zones) {
    it(`of ${zone} are the moments at which clocks show them, each once or refused`, () => {
      const show = shown(zone);
      const random = new Stream(zone);
      const times: number[] = [];
      for (let i = 0; i < 300; i++)
        times.push(
          Date.UTC(2000, 0, 1) +
            Math.floor(random.next() * 8_000) * 1440 * minute +
            Math.floor(random.next() * 86_400) * 1000,
        );
      // Around each change of clocks of some years, every quarter of an hour.
      let changes = 0;
      const asUtc = (time: number): number => Date.parse(`${show(time).replace(" ", "T")}Z`) - time;
      for (let day = Date.UTC(2010, 0, 1); day < Date.UTC(2012, 11, 31); day += 24 * 60 * minute) {
        if (asUtc(day) === asUtc(day + 24 * 60 * minute)) continue;
        for (let hour = day; hour < day + 24 * 60 * minute; hour += 60 * minute) {
          if (asUtc(hour) === asUtc(hour + 60 * minute)) continue;
          changes++;
          for (let near = -180; near <= 180; near += 15) times.push(hour + near * minute);
        }
      }
      assert.equal(changes > 0, zone !== "Asia/Kolkata");
      const reader = new TimeReader({ zone });
      const moments = new Map<string, number>();
      for (const time of new Set(times)) moments.set(show(time), (moments.get(show(time)) ?? 0) + 1);
      let twice = 0;
      for (const time of new Set(times)) {
        const text = show(time);
        if (moments.get(text) === 1) {
          try {
            assert.equal(reader.read(text), time, text);
          } catch (error) {
            // The other moment was not among the times.
            assert.match((error as Error).message, /^is there twice/, text);
            twice++;
          }
        } else assert.throws(() => reader.read(text), { message: /^is there twice/ }, text);
      }
      assert.ok(twice <= 4 * changes, `${twice} of ${times.length}`);
    });
  }

  it("that no clock showed are refused: a spring night in Berlin, the 30th of December 2011 in Samoa", () => {
    for (const [zone, text] of [
      ["Europe/Berlin", "2021-03-28 02:00"],
      ["Europe/Berlin", "2021-03-28 02:59:59"],
      ["Pacific/Apia", "2011-12-30 12:00"],
      ["Australia/Lord_Howe", "2021-10-03 02:15"],
    ] as const) {
      assert.throws(() => new TimeReader({ zone }).read(text), { message: /^is not there in / });
    }
    assert.equal(writeTime(new TimeReader({ zone: "Europe/Berlin" }).read("2021-03-28 03:00")), "2021-03-28T01:00:00Z");
  });

  it("with an offset from UTC need no zone, and zones do not touch them", () => {
    const expected = Date.UTC(2021, 9, 31, 0, 30);
    for (const text of [
      "2021-10-31T02:30+02:00",
      "2021-10-31 01:30 +0100",
      "2021-10-31 00:30 UTC",
      "2021/10/31 00:30Z",
      "2021-10-30 19:00-05:30",
    ]) {
      assert.equal(new TimeReader({ zone: "Europe/Berlin" }).read(text), expected, text);
      assert.equal(new TimeReader({}).read(text), expected, text);
    }
  });
});
