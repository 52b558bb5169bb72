import {readFile} from 'node:fs/promises';
import type {z} from 'zod';

/**
 * Reads JSON that a file holds, and checks it against the schema.
 *
 * @param place the file, and the line if it holds one JSON a line.
 * @param remedy what to do about a file that is no good.
 */
export function parseJson<T>(text: string, schema: z.ZodType<T>, place: string, remedy: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${place} is not JSON (${(cause as Error).message}); ${remedy}`, {cause});
  }
  const {data, error} = schema.safeParse(value);
  if (error === undefined) return data;
  const problems = error.issues.map(({path, message}) =>
    [...(path.length ? [path.join('.')] : []), message].join(': '),
  );
  throw new Error(`${place} is not what it should be: ${problems.slice(0, 3).join('; ')}; ${remedy}`, {
    cause: error,
  });
}

export async function readJson<T>(path: string | URL, schema: z.ZodType<T>, remedy: string): Promise<T> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new Error(`${path} cannot be read (${cause.message}); ${remedy}`, {cause});
  });
  return parseJson(text, schema, `${path}`, remedy);
}
