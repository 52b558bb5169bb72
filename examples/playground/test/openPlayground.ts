import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Browser, chromium, type LaunchOptions} from 'playwright';
import {build, preview} from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const configFile = join(root, 'examples/playground/vite.config.ts');

/** The built page, served as any file server would. */
export interface ServedPlayground {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the page into a folder of its own and serves it. */
export async function servePlayground(): Promise<ServedPlayground> {
  mkdirSync(join(root, '.cache'), {recursive: true});
  const outDir = mkdtempSync(join(root, '.cache/playground-'));
  const inline = {configFile, logLevel: 'error', build: {outDir}} as const;
  await build(inline);
  const server = await preview({...inline, preview: {port: 0}});
  return {
    url: server.resolvedUrls!.local[0]!,
    async close() {
      await server.close();
      rmSync(outDir, {recursive: true});
    },
  };
}

/** A browser without WebGL: the page then trains by WebAssembly. */
export function launchWithoutWebgl({args = [], ...launch}: LaunchOptions): Promise<Browser> {
  return chromium.launch({...launch, args: [...args, '--use-gl=disabled']});
}
