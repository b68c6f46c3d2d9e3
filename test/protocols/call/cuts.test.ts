/**
 * A static binding while the network is cut for longer than a process is patient, and whole again: no call waits for
 * ever.
 */
import { describeCuts } from "./cuts.ts";

// cuts.long.ts has more of them.
describeCuts(1, 40);
