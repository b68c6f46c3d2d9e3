/** node:async_hooks for modules: numbers of asynchronous resources are one process's own. */
import real from "node:async_hooks";
import { like, refusedInside } from "../globals.ts";

// What has no stand-in here is Node's own.
export * from "node:async_hooks";

export const createHook = refusedInside("async_hooks.createHook", real.createHook);
export const executionAsyncId = refusedInside("async_hooks.executionAsyncId", real.executionAsyncId);
export const executionAsyncResource = refusedInside("async_hooks.executionAsyncResource", real.executionAsyncResource);
export const triggerAsyncId = refusedInside("async_hooks.triggerAsyncId", real.triggerAsyncId);

export default like(real, { createHook, executionAsyncId, executionAsyncResource, triggerAsyncId });
