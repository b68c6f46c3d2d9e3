/** `troupe import outages`: forms of logs, times, inventories, windows, and what is refused. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../../../harness/cli/command-line.ts";

const host = ["--columns", "node=host,failed=start,repaired=end"];
const berlin = ["--time-zone", "Europe/Berlin"];

describe("troupe import outages", () => {
  const before = process.cwd();
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
    process.chdir(directory);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(directory, { recursive: true });
  });

  /** Writes the log and imports it: what is printed, and what is written. */
  async function imported(name: string, log: string | readonly string[], ...words: string[]) {
    writeFileSync(name, typeof log === "string" ? log : `${log.join("\n")}\n`);
    const write = process.stdout.write.bind(process.stdout);
    let printed = "";
    process.stdout.write = ((text: string) => (printed += text) !== "") as typeof write;
    try {
      await commandLine(["import", "outages", name, "--out", "out.csv", "--overwrite", ...words]);
    } finally {
      process.stdout.write = write;
    }
    return { printed, rows: readFileSync("out.csv", "utf8").trimEnd().split("\n") };
  }

  const refused = async (name: string, log: readonly string[], words: readonly string[], message: string | RegExp) => {
    await assert.rejects(imported(name, log, ...words), { name: "BadData", message });
    assert.ok(!existsSync("out.csv"), "nothing is written");
  };

  describe("reads eight forms of log", () => {
    it("1: a table with names of its own, in local time", async () => {
      const log = [
        "host,start,end",
        "07,2021-03-27 23:30,2021-03-28 03:30",
        "Blue Gene,2021-07-01T12:00:30,2021-07-01T13:00:00.5",
      ];
      const { rows } = await imported("a.csv", log, ...host, ...berlin);
      assert.deepEqual(rows, [
        "node,failed,repaired",
        // Over the night in which clocks are put forward: three hours, not four.
        "07,2021-03-27T22:30:00Z,2021-03-28T01:30:00Z",
        "Blue Gene,2021-07-01T10:00:30Z,2021-07-01T11:00:00.500Z",
      ]);
    });

    it("2: semicolons, days first, outages that are not over", async () => {
      const log = [
        "host;start;end;Schrank",
        "a;25.03.2021 01:10;25.03.2021 02:10;1",
        "b;26.03.2021 01:10;;2",
        "c;27/03/2021 01:10;Still Down;2",
      ];
      const words = [
        "--columns",
        "node=host,failed=start,repaired=end,rack=Schrank",
        "--dates",
        "day-first",
        "--until",
        "2021-04-01T00:00",
      ];
      const { rows, printed } = await imported("a.csv", log, ...words, ...berlin);
      assert.deepEqual(rows, [
        "node,rack,observed_until,failed,repaired",
        "a,1,2021-03-31T22:00:00Z,2021-03-25T00:10:00Z,2021-03-25T01:10:00Z",
        "b,2,2021-03-31T22:00:00Z,2021-03-26T00:10:00Z,2021-03-31T22:00:00Z",
        "c,2,2021-03-31T22:00:00Z,2021-03-27T00:10:00Z,2021-03-31T22:00:00Z",
      ]);
      assert.match(printed, /2 not over: censored/);
      assert.match(printed, /in 2 racks/);
    });

    it("3: tabs, seconds since 1970", async () => {
      const { rows, printed } = await imported("a.tsv", ["node\tfailed\trepaired", "a\t1000000000\t1000000060.25"]);
      assert.deepEqual(rows.slice(1), ["a,2001-09-09T01:46:40Z,2001-09-09T01:47:40.250Z"]);
      assert.match(printed, /numbers of s since 1970\nform +tab-separated/);
    });

    it("4: milliseconds or microseconds since 1970, by their size or by what is said", async () => {
      const expected = "a,2001-09-09T01:46:40Z,2001-09-09T01:47:40Z";
      const milliseconds = ["node|failed|repaired", "a|1000000000000|1000000060000"];
      assert.equal((await imported("a", milliseconds)).rows[1], expected);
      const microseconds = ["node,failed,repaired", "a,1000000000000000,1000000060000000"];
      assert.equal((await imported("a", microseconds)).rows[1], expected);
      const early = ["node,failed,repaired", "a,60000,120000"];
      assert.equal(
        (await imported("a", early, "--dates", "us")).rows[1],
        "a,1970-01-01T00:00:00.060Z,1970-01-01T00:00:00.120Z",
      );
    });

    it("5: beginnings and lengths, columns by number", async () => {
      const log = ["x,a,Mar 4 2021 1:30 pm UTC,90", "x,b,4-Mar-2021 13:30+01:00,1:30"];
      const words = [
        "--no-header",
        "--separator",
        "comma",
        "--columns",
        "node=2,failed=3,duration=4",
        "--duration-unit",
        "m",
      ];
      const { rows } = await imported("a.log", log, ...words);
      assert.deepEqual(rows.slice(1), [
        "a,2021-03-04T13:30:00Z,2021-03-04T15:00:00Z",
        "b,2021-03-04T12:30:00Z,2021-03-04T14:00:00Z",
      ]);
    });

    it("6: changes of state, in any order", async () => {
      const log = [
        "at,host,status",
        "2021-03-04T06:00Z,a,OK",
        "2021-03-04T05:00Z,a,CRITICAL",
        "2021-03-04T05:30Z,a,CRITICAL",
        "2021-03-04T05:40Z,a,UNKNOWN",
        "2021-03-04T01:00Z,b,OK",
        "2021-03-04T07:00Z,b,DOWN",
      ];
      const words = [
        "--columns",
        "node=host,time=at,state=status",
        "--down",
        "critical,down",
        "--up",
        "ok",
        "--ignore",
        "unknown",
        "--until",
        "2021-03-05T00:00Z",
      ];
      const { rows, printed } = await imported("a.csv", log, ...words);
      assert.deepEqual(rows.slice(1), [
        "a,2021-03-05T00:00:00Z,2021-03-04T05:00:00Z,2021-03-04T06:00:00Z",
        "b,2021-03-05T00:00:00Z,2021-03-04T07:00:00Z,2021-03-05T00:00:00Z",
      ]);
      assert.match(
        printed,
        /1 rows have states that are ignored\.\n +1 rows repeat the state .*\n +1 nodes begin with "up"/,
      );
    });

    it("7: event_trace.tab of the Failure Trace Archive", async () => {
      const log = [
        "#event_id,component_id,node_id,platform_id,node_name,event_type,event_start_time,event_stop_time,event_end_reason",
        "0,1,7,20,n,0,1000000000,1000000060,NULL",
        "1,1,7,20,n,1,1000000060,1000003600,hardware",
        "2,1,7,20,n,0,1000003600,1000003600,NULL",
        "3,1,9,20,n,0,1000000000,1000000060,NULL",
      ].map((line) => line.replaceAll(",", "\t"));
      const { rows, printed } = await imported("event_trace.tab", log, "--nodes", "4");
      assert.deepEqual(rows, [
        "node,failed,repaired,cause",
        "7,,,",
        "7,2001-09-09T01:46:40Z,2001-09-09T01:47:40Z,",
        "7,2001-09-09T02:46:40Z,2001-09-09T02:46:40Z,hardware",
        "9,,,",
        "9,2001-09-09T01:46:40Z,2001-09-09T01:47:40Z,",
        "without outage 1,,,",
        "without outage 2,,,",
      ]);
      assert.match(printed, /1 of length zero/);
      assert.match(printed, /2 failed, 2 never failed/);
      assert.match(printed, /failed alone, 2 times as much/);
    });

    it("7b: the same, padded with blanks and tabs to be read by people", async () => {
      const log = [
        "event_id  component_id node_id  platform_id   node_name  event_type event_start_time  event_stop_time event_end_reason",
        "    0\t\t1\t\t7\t20\tn\t  0\t\t1000000000\t 1000000060 NULL",
        "    1\t\t1\t\t7\t20\tn\t  1\t\t1000000060\t 1000003600 2001",
      ];
      const { rows } = await imported("event_trace.tab", log);
      assert.deepEqual(rows.slice(1), ["7,2001-09-09T01:46:40Z,2001-09-09T01:47:40Z"]);
    });

    it("8: availability traces, which tell when nodes are up", async () => {
      const log = [
        "# name, number of times up, beginnings and ends",
        "p1 1 0 300",
        "p2 2  0 100  300 400 ",
        "p3\t1\t100\t400",
        "p4 0",
        "p5 1 7 7",
        "p6 1 0 400",
      ];
      const { rows, printed } = await imported("a.avt", log);
      const window = "1970-01-01T00:00:00Z,1970-01-01T00:06:40Z";
      assert.deepEqual(rows, [
        "node,observed_from,observed_until,failed,repaired",
        `p1,${window},,`,
        `p1,${window},1970-01-01T00:05:00Z,1970-01-01T00:06:40Z`,
        `p2,${window},,`,
        `p2,${window},1970-01-01T00:01:40Z,1970-01-01T00:05:00Z`,
        `p3,${window},,`,
        `p3,${window},1970-01-01T00:00:00Z,1970-01-01T00:01:40Z`,
        `p6,${window},,`,
      ]);
      assert.match(printed, /2 nodes that never were up are left out/);
      assert.match(printed, /unavailability +0\.25 of a node/);
    });
  });

  it("takes an inventory and a window, and says what they are worth", async () => {
    writeFileSync("nodes.csv", "Name;Rack\na;r1\nb;r1\nc;r2\nd;r2\n");
    const log = [
      "node,failed,repaired",
      "a,2021-01-01T10:00Z,2021-01-01T14:00Z",
      "a,2021-01-01T12:00Z,2021-01-01T16:00Z",
      "a,2021-01-01T16:00Z,2021-01-01T18:00Z",
      "b,2020-12-31T22:00Z,2021-01-01T02:00Z",
      "b,2020-12-01T22:00Z,2020-12-01T23:00Z",
    ];
    const window = ["--from", "2021-01-01T00:00Z", "--until", "2021-01-02T00:00Z"];
    const { printed, rows } = await imported(
      "a.csv",
      log,
      ...window,
      "--nodes",
      "nodes.csv",
      "--node-columns",
      "node=Name,rack=Rack",
    );
    for (const sentence of [
      "5 in the log, 2 in the recording",
      "1 outside the observation",
      "2 touch or overlap",
      "1 reach beyond the observation",
      "2 failed, 2 never failed; in 2 racks",
      // 8 h and 2 h of 4 days.
      "unavailability  0.104 of a node",
      "0.208 of the nodes that failed alone",
    ]) {
      assert.ok(printed.includes(sentence), `${sentence} in ${printed}`);
    }
    assert.ok(!printed.includes("doubt"));
    assert.ok(rows.includes("d,r2,2021-01-01T00:00:00Z,2021-01-02T00:00:00Z,,"));
    const alone = await imported("a.csv", log);
    assert.match(alone.printed, /doubt: The trace names only the 2 nodes that failed/);
    assert.match(alone.printed, /doubt: The trace does not say from when to when it was observed/);
  });

  it("refuses what could be two things or is none, and names the line", async () => {
    const at = (start: string, end: string): string[] => [
      "host,start,end",
      "a,2021-06-01 10:00,2021-06-01 11:00",
      `a,${start},${end}`,
    ];
    const cases: [log: readonly string[], words: readonly string[], message: string | RegExp][] = [
      [
        at("2021-10-31 02:30", "2021-10-31 05:00"),
        [...host, ...berlin],
        'a.csv, line 3, column start: "2021-10-31 02:30" is there twice in Europe/Berlin, where clocks were put back: ' +
          "write it with its offset, +02:00 the first time, +01:00 the second.",
      ],
      [
        at("2021-03-28 02:30", "2021-03-28 05:00"),
        [...host, ...berlin],
        'a.csv, line 3, column start: "2021-03-28 02:30" is not there in Europe/Berlin, where clocks were put forward.',
      ],
      [
        at("2021-04-31 02:30", ""),
        [...host, ...berlin],
        /line 3, column start: .* is not a time that the calendar and the clock have\.$/,
      ],
      [
        at("03/04/2021 02:30", ""),
        [...host, ...berlin],
        /line 3, column start: .* --dates day-first or month-first says which\.$/,
      ],
      [
        at("2021-06-02 10:00", "2021-06-02 09:00"),
        [...host, ...berlin],
        /line 3, column end: 2021-06-02 09:00 is before 2021-06-02 10:00;/,
      ],
      [
        at("2021-06-02 10:00", ""),
        [...host, ...berlin],
        'a.csv, line 3: the outage of node "a" has no end; --until says when the observation ended.',
      ],
      [
        at("2021-06-02 10:00", "9999-12-31 00:00"),
        [...host, ...berlin],
        /line 3: the outage ends 9999-12-30T23:00:00Z, more than a year after/,
      ],
      [at("2021-06-02", ""), [...host, ...berlin], /line 3, column start: "2021-06-02" has no time of day;/],
      [at("2021-06-02 10:00", ""), host, /line 2, column start: .* --time-zone says of which place it is/],
      [
        ["host,start,end", "a,1622628000,1622628000000"],
        host,
        /line 2, column end: "1622628000000" looks like a number of ms since 1970, and those before it are of s\.$/,
      ],
      [
        ["host,start,end", "a,60,120"],
        host,
        /line 2, column start: "60" is a number of something: --dates s, ms or us says its unit\.$/,
      ],
      [["host,start,end"], [...host, "--time-zone", "Europe/Berln"], /Did you mean Europe\/Berlin\?$/],
      [
        ["hst,start,end", "a,1622628000,1622628001"],
        host,
        /there is no column "host" among hst, start, end\. Did you mean hst\?/,
      ],
      [
        ["node,at,state", "a,2021-06-02T10:00Z,flaky"],
        ["--columns", "time=at"],
        /line 2, column state: "flaky" is neither/,
      ],
      [["host,start,end", ",1622628000,1622628001"], host, 'a.csv, line 2, column host: "" is not the name of a node.'],
      [
        ["host,start,end,end", "a,1622628000,1622628001,"],
        host,
        'a.csv, line 1: two columns are named "end"; expected a name once.',
      ],
      [
        ["host,start,end", "a,1622628000,1622628001"],
        [...host, "--nodes", "0"],
        "--nodes 0: a.csv names 1 nodes; expected at least as many.",
      ],
      [
        ["host,start,end", "a,1622628000,1622628001"],
        ["--columns", "node=host,faild=start"],
        /cannot mean "faild".* Did you mean failed\?$/,
      ],
    ];
    for (const [log, words, message] of cases) {
      await refused("a.csv", log, words, message);
    }
    writeFileSync("nodes.csv", "node\nweb1\nweb2\n");
    await refused(
      "a.csv",
      ["host,start,end", "web3,1622628000,1622628001"],
      [...host, "--nodes", "nodes.csv"],
      'a.csv, line 2: node "web3" is not in the inventory. Did you mean web1?',
    );
    await refused(
      "a.avt",
      ["p1 2 0 300"],
      [],
      "a.avt, line 1: 2 times; expected 4, beginnings and ends of 2 times up.",
    );
    await refused(
      "a.avt",
      ["p1 1 0 300", "p1 1 0 300"],
      [],
      'a.avt, line 2: node "p1" has a line already; expected one for each node.',
    );
  });

  it("does not write over a file unless it is told to", async () => {
    writeFileSync("a.csv", "node,failed,repaired\na,1000000000,1000000060\n");
    writeFileSync("a-outages.csv", "mine");
    await assert.rejects(commandLine(["import", "outages", "a.csv"]), { message: /^a-outages\.csv is there already/ });
    assert.equal(readFileSync("a-outages.csv", "utf8"), "mine");
  });
});
