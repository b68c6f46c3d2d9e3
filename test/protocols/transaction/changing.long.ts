/** More courses of transactions in a troupe that changes than `npm test` has. */
import { describeChanging } from "./changing.ts";

describeChanging(5, 12);
