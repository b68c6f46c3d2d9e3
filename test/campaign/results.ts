/** Sweeps under kill -9. */
import { killAtRandom } from "../harness/store/kills.ts";

/** Kills runs of sweeps at random moments and prints what happened; answers how many failed. */
export async function killSweeps(seed: string, kills: number): Promise<number> {
  const began = performance.now();
  try {
    const { sweeps, resumed } = await killAtRandom(kills, seed);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `results: ${kills} runs killed, ${resumed} of them with rows of an earlier one, in ${sweeps} sweeps, ${seconds} s`,
    );
    return 0;
  } catch (error) {
    console.log(`results: ${(error as Error).message}`);
    return 1;
  }
}
