/** The Room did not answer a request in time. */
export class NoAnswerError extends Error {
  constructor(method: string, afterMs: number) {
    super(`the Room did not answer "${method}" within ${afterMs / 1_000} s`);
  }
}
