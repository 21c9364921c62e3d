import { get } from 'node:http';

export interface FetchLimits {
  readonly signal: AbortSignal;
  /** For the whole exchange, redirects included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly maxRedirects: number;
}

/**
 * Gets a small text over HTTP, bounded in time, size and redirects (to the same host only).
 * @throws Error with a sentence that says what came instead
 */
export async function fetchText(url: string, limits: FetchLimits): Promise<string> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([limits.signal, timeout]);
  let next = new URL(url);
  try {
    for (let redirects = 0; ; redirects++) {
      const answer = await fetchOnce(next, signal, limits.maxBytes);
      if (answer.location === null) return answer.text;
      const target = new URL(answer.location, next);
      if (redirects >= limits.maxRedirects) throw new Error(`more than ${limits.maxRedirects} redirects`);
      if (target.protocol !== 'http:' || target.hostname !== next.hostname) {
        throw new Error(`it redirects to ${target.origin}`);
      }
      next = target;
    }
  } catch (error) {
    limits.signal.throwIfAborted();
    if (timeout.aborted) throw new Error(`no answer within ${limits.timeoutMs / 1_000} s`, { cause: error });
    throw error;
  }
}

interface HttpAnswer {
  readonly text: string;
  readonly location: string | null;
}

function fetchOnce(url: URL, signal: AbortSignal, maxBytes: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      { signal, agent: false, headers: { accept: 'application/json' } },
      (response) => {
        const { statusCode = 0, headers } = response;
        response.on('error', reject);
        if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
          response.destroy();
          resolve({ text: '', location: headers.location });
          return;
        }
        if (statusCode !== 200) {
          response.destroy();
          reject(new Error(`it answers HTTP ${statusCode}`));
          return;
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= maxBytes) return;
          response.destroy();
          reject(new Error(`the answer is larger than ${maxBytes} bytes`));
        });
        response.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8'), location: null }));
        response.on('close', () => reject(new Error('the answer was cut off')));
      },
    );
    request.on('error', reject);
  });
}
