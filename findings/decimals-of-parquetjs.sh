#!/bin/sh
# Guess: a DECIMAL column with two places takes 0.29 and gives it back; each row has one value.
#
# Behaviour (@dsnp/parquetjs 1.8.8): the writer multiplies and cuts: 0.29 is stored as 0.28 and 1.15 as 1.14, as hyparquet 1.33.0 reads them too. Up to
# precision 9 the reader of the same package takes the 64-bit numbers for 32-bit ones: 1.25, 2.5, 3.75, 0.29 come back as 1.25, 0, 2.5, 0. From precision 10 on
# it reads what was stored.
#
# Why it matters: the balances of a simulated bank lose cents on writing, and half of them are missing on reading. The count of rows is right.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @dsnp/parquetjs@1.8.8 hyparquet@1.33.0 > /dev/null
cat > decimals.mjs <<'JS'
import parquetjs from "@dsnp/parquetjs";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
const { ParquetReader, ParquetSchema, ParquetWriter } = parquetjs;
const balances = [1.25, 2.5, 3.75, 0.29, 1.15];
const through = async (precision) => {
  const path = `balances${precision}.parquet`;
  const writer = await ParquetWriter.openFile(new ParquetSchema({ balance: { type: "DECIMAL", precision, scale: 2 } }), path);
  for (const balance of balances) await writer.appendRow({ balance });
  await writer.close();
  const reader = await ParquetReader.openFile(path);
  const cursor = reader.getCursor();
  const own = [];
  for (let row = await cursor.next(); row; row = await cursor.next()) own.push(row.balance);
  await reader.close();
  const other = (await parquetReadObjects({ file: await asyncBufferFromFile(path) })).map((row) => row.balance);
  console.log(`precision ${precision}: written ${balances.join(" ")}, read ${own.join(" ")}, by hyparquet ${other.join(" ")}`);
  return `${own.join(" ")}; ${other.join(" ")}`;
};
const cut = "1.25 2.5 3.75 0.28 1.14";
if ((await through(9)) !== `1.25 0 2.5 0 3.75; ${cut}` || (await through(10)) !== `${cut}; ${cut}`) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node decimals.mjs
