/** For `node --import troupe/register`: users' files are loaded as `troupe run` and `troupe serve` load them. */
import { hooked } from "./load.ts";

await hooked(true);
