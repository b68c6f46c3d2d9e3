/** Transactions of a troupe that changes: the first courses. changing.long.ts has more of them. */
import { describeChanging } from "./changing.ts";

describeChanging(1, 4);
