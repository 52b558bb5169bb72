import {existsSync} from 'node:fs';

/** Where Debian's chromium keeps the Vulkan driver that renders in software, and the loader that finds it. */
const chromiumFolder = '/usr/lib/chromium';

/**
 * The environment in which the WebGPU of the npm package `webgpu` finds a Vulkan driver: this process's own where that
 * names one, else that of Debian's chromium, if it is there.
 */
export function vulkanEnvironment(): Record<string, string> | undefined {
  if (process.env.VK_DRIVER_FILES) return {};
  const driver = `${chromiumFolder}/vk_swiftshader_icd.json`;
  return existsSync(driver) ? {VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: chromiumFolder} : undefined;
}
