/** The end of `npm run build`: what the compiler does not do. */
import { chmodSync } from "node:fs";
import { writeQuestions } from "./questions.ts";

chmodSync(new URL("./cli/main.js", import.meta.url), 0o755);
await writeQuestions();
