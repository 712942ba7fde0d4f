/** Prepares what has been opened. When that fails it is stopped: a beforeAll that throws leaves nothing running. */
export async function orStop<T extends { stop(): Promise<void> }>(
  opened: T,
  prepare: (opened: T) => Promise<unknown>,
): Promise<T> {
  try {
    await prepare(opened);
    return opened;
  } catch (error) {
    await opened.stop();
    throw error;
  }
}
