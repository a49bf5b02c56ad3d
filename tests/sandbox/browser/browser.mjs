// Debian's Chromium on the dashboard, and what every page has to keep to.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Where screenshots are kept. */
const PICTURES = process.env.REDOX_AUTH_PICTURES;

/** How long anything on a page may take: far beyond what it needs, so that only what hangs reaches it. */
const PATIENCE = 15_000;

/** Opens a browser that reaches nothing but this machine. `colors` is `light` or `dark`. */
export async function openBrowser(colors = "light") {
  const profile = mkdtempSync(join(tmpdir(), "redox-auth-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    acceptDownloads: true,
    colorScheme: colors,
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 900 },
    // The browser's own sandbox needs rights that a container rarely has, and the pages are ours.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  context.setDefaultTimeout(PATIENCE);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = context.pages()[0];
  const complaints = watch(page);
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(complaints, [], "the browser complained");
  };
  return { context, page, close };
}

/** Collects errors of scripts, violations of the content security policy, and dialogs: there must be none. */
function watch(page) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`script: ${error}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (line) => {
    // A form that is refused is answered 4xx, which Chromium logs.
    const isRefused = /Failed to load resource: the server responded with a status of 4\d\d/.test(line.text());
    if (line.type() === "error" && !isRefused) complaints.push(`console: ${line.text()}`);
  });
  return complaints;
}

/** Keeps a picture of the whole page as output of the tests. */
export async function picture(page, name) {
  if (!PICTURES) throw new Error("REDOX_AUTH_PICTURES is not set: run `cargo xtask test dashboard`");
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** The section of the page with this heading. */
export function section(page, heading) {
  return page.locator("section").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });
}

/** Every page that has an address of its own. */
export const PAGES = {
  "API keys": "",
  Sources: "sources",
  Traffic: "traffic",
  "Faults and clock": "faults",
  Rehearsal: "rehearsal",
  Incoming: "incoming",
};
