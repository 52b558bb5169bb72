import {existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * What makes WebGL and WebGPU run headless on any machine, by Chromium's own software renderer, and keeps the browser
 * from doing anything besides.
 */
const softwareGpu = ['--use-angle=swiftshader', '--use-webgpu-adapter=swiftshader', '--enable-unsafe-webgpu'];
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** How playwright starts the Chromium or Chrome of this machine, if there is one. `CHROMIUM_PATH` names it first. */
export function chromiumLaunch() {
  const executablePath = findChromium();
  return executablePath === undefined
    ? undefined
    : {executablePath, args: [...softwareGpu, '--enable-features=Vulkan', ...quiet]};
}

function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...candidates, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find(existsSync);
}
