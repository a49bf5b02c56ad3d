// axe-core finds nothing on any page, in light and in dark, wide and narrow; and nothing is cut off on a narrow one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { openBrowser, PAGES, picture } from "../browser.mjs";
import { message, startSandbox } from "../sandbox.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let sandbox;

before(async () => {
  sandbox = await startSandbox("--legacy");
  const { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE, REDOX_DESTINATION_ID } = sandbox.variables;
  const env = { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE };
  const file = sandbox.write("message.json", message(REDOX_DESTINATION_ID));
  // A token, an accepted message, a refused one, and a refused token request.
  assert.equal((await sandbox.run(["send", file], env)).code, 0);
  const wrong = sandbox.write("wrong.json", message("nowhere"));
  assert.notEqual((await sandbox.run(["send", wrong], env)).code, 0);
  await sandbox.api("POST", "faults", { spec: "token:blank:times=1" });
  assert.equal((await sandbox.run(["token"], env)).code, 1);
  await sandbox.api("POST", "faults", { spec: "api:latency=10ms" });
  await sandbox.api("POST", `oauth-keys/${REDOX_CLIENT_ID}/keys`, { make: "ES384" });
});

after(() => sandbox?.stop());

async function check(page, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(found, [], name);
}

for (const colors of ["light", "dark"]) {
  test(`nothing is found in ${colors}`, async () => {
    const browser = await openBrowser(colors);
    const { page } = browser;
    try {
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(sandbox.dashboard + path);
        for (const details of await page.locator("details").all()) {
          await details.evaluate((element) => { element.open = true; });
        }
        await check(page, `${name}, ${colors}`);
        await picture(page, `${path || "api-keys"}-${colors}`);
      }
      const { exchanges } = await sandbox.api("GET", "traffic");
      for (const { number, kind, status } of exchanges) {
        await page.goto(`${sandbox.dashboard}traffic/${number}`);
        await check(page, `exchange ${number}, ${colors}`);
        await picture(page, `exchange-${kind}-${status}-${colors}`);
      }
      await page.goto(`${sandbox.dashboard}nowhere`);
      await check(page, `no page, ${colors}`);
      // A form that is refused, a secret that is shown once, and another server.
      await page.goto(`${sandbox.dashboard}faults`);
      await page.getByLabel("Move by").fill("soon");
      await page.getByRole("button", { name: "Move", exact: true }).click();
      await page.getByRole("alert").waitFor();
      await check(page, `refused, ${colors}`);
      await page.goto(sandbox.dashboard);
      await page.getByRole("button", { name: "Generate new secret" }).click();
      await page.getByText("Copy this now").waitFor();
      await check(page, `secret, ${colors}`);
      await picture(page, `secret-${colors}`);
      await sandbox.api("PATCH", "sandbox", { server: "keycloak" });
      await page.goto(sandbox.dashboard);
      await check(page, `like another server, ${colors}`);
      await sandbox.api("PATCH", "sandbox", { server: "redox" });
      await narrow(page, colors);
    } finally {
      await browser.close();
    }
  });
}

/** At the width of a telephone no page is wider than the screen. */
async function narrow(page, colors) {
  await page.setViewportSize({ width: 360, height: 760 });
  const paths = { ...PAGES, Exchange: "traffic/2" };
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(sandbox.dashboard + path);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${name} is ${width} pixels wide`);
    await check(page, `${name}, narrow, ${colors}`);
    await picture(page, `${path.replace("/", "-") || "api-keys"}-narrow-${colors}`);
  }
}

test("a screen reader is told of what happens, and each page names itself", async () => {
  const browser = await openBrowser();
  const { page } = browser;
  try {
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(sandbox.dashboard + path);
      assert.equal(await page.locator("nav [aria-current=page]").textContent(), name);
      assert.equal(await page.locator("h1").count(), 1);
      assert.match(await page.title(), / · Redox sandbox$/);
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      const headless = await page.locator("table:not(:has(caption))").count();
      assert.equal(headless, 0, `${name}: each table has a caption`);
    }
    await page.goto(`${sandbox.dashboard}traffic`);
    await fetch(`${sandbox.base}/nowhere`);
    await page.getByRole("status").filter({ hasText: "1 new" }).waitFor();
  } finally {
    await browser.close();
  }
});
