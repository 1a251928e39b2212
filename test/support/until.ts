/**
 * Waits for a change in the kernel that it sends no event for, such as a thread's state. Looks again and again; fails
 * when it has not come after `ms`.
 */
export async function until(condition: () => boolean, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not so after ${ms} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
