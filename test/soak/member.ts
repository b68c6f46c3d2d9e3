/** A member of the troupe in the soak, in a process of its own. */
import { Child, Clerk } from "./child.ts";

const clerk = new Clerk();
const child = new Child(() => Promise.resolve(clerk.handled));
child.program.export(clerk, { troupe: child.orders.troupe });
