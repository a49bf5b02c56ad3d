// The traffic page open in Chromium, and in a second window a user who does one thing after the other:
// `node load.mjs URL`. Prints `ready`; after a line on standard input, how long the actions took; ends with its input.
import { createInterface } from "node:readline";
import { openBrowser } from "./browser.mjs";

const dashboard = process.argv[2];
const browser = await openBrowser();
const page = await browser.context.newPage();
await browser.page.goto(`${dashboard}traffic`);
await page.goto(`${dashboard}faults`);

const open = (path) => async () => {
  await page.goto(dashboard + path);
};
const press = (name) => async () => {
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name }).first().click()]);
};
const ACTIONS = [
  ["order a fault", press("Order fault")],
  ["clear it", press("Clear upload:429")],
  ["API keys", open("")],
  ["rehearsal", open("rehearsal")],
  ["newest refused", open("traffic?outcome=refused")],
  ["search", open("traffic?q=nothing+has+this")],
  ["faults", open("faults")],
];

let isStopped = false;
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const stopped = lines.next().then(() => { isStopped = true; });
console.log("ready");
const took = [];
while (!isStopped) {
  for (const [name, act] of ACTIONS) {
    // Ordering a fault of the token endpoint would refuse the load; it is ordered for uploads.
    if (name === "order a fault") await page.getByLabel("Where").selectOption("upload");
    const started = performance.now();
    await act();
    took.push({ name, ms: performance.now() - started });
    if (isStopped) break;
  }
}
await stopped;
took.sort((one, other) => one.ms - other.ms);
const at = (part) => took[Math.min(took.length - 1, Math.floor(took.length * part))];
const shown = [0.5, 0.95, 1].map((part) => `${part * 100} % within ${at(part).ms.toFixed(0)} ms`);
console.log(`  ${took.length} actions: ${shown.join(", ")} (${at(1).name})`);
await lines.next();
await browser.close();
