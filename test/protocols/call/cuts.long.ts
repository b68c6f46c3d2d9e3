/** More schedules of cuts than `npm test` has. */
import { describeCuts } from "./cuts.ts";

describeCuts(41, 200);
