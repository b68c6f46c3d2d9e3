/** Rare outages of an eager policy, with protocols in the loop. nines.long.ts has other policies and methods. */
import { describeNines } from "./nines.ts";

describeNines([[{ members: 3, replacement: "1h", cycles: 12 }, 0.15]]);
