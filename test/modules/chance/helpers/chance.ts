/** What a module asks of others: chance when it is called, and when it is loaded. */
export const salt = Math.random();
export const started = Date.now();

export function pick(limit: number): number {
  return 1 + Math.floor(Math.random() * limit);
}
