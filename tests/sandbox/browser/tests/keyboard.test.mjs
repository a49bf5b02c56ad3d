// Every kind of action once, by the keyboard alone: nothing here uses a mouse or sets a value by script.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { openBrowser } from "../browser.mjs";
import { message, startSandbox } from "../sandbox.mjs";

let sandbox, browser, page;

before(async () => {
  sandbox = await startSandbox("--legacy");
  browser = await openBrowser();
  page = browser.page;
  await page.goto(sandbox.dashboard);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

/** Presses Tab until what has the focus is called this, as a screen reader would call it. */
async function tabTo(name, role = undefined) {
  for (let count = 0; count < 200; count += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.labels?.[0] ?? element;
      const own = element.getAttribute("aria-label");
      // Of a label, what stands before its field.
      const text = label === element ? element.textContent : [...label.childNodes].filter((it) => !it.matches?.("select, input, textarea")).map((it) => it.textContent).join("");
      const style = getComputedStyle(element);
      return { name: (own ?? text).replace(/\s+/g, " ").trim(), role: element.localName, outline: style.outlineStyle, width: style.outlineWidth };
    });
    if (found.role === "body") continue;
    assert.ok(found.outline !== "none" && found.width !== "0px", `${found.role} ${found.name} shows that it has the focus`);
    if (found.name === name && (!role || found.role === role)) return;
  }
  throw new Error(`${name} is not reached by Tab on ${page.url()}`);
}

const press = (key) => page.keyboard.press(key);

/** Presses Enter, and waits for the page that this leads to. */
async function enter(key = "Enter") {
  const loaded = page.waitForEvent("load");
  await press(key);
  await loaded;
}

async function write(name, text) {
  await tabTo(name);
  await page.keyboard.insertText(text);
}

/** Chooses by typing how the option begins. */
async function choose(name, start) {
  await tabTo(name);
  await page.keyboard.type(start);
}

async function go(name) {
  await page.evaluate(() => document.activeElement.blur());
  await page.goto(page.url());
  await tabTo(name, "a");
  await enter();
  assert.equal(await page.locator("nav [aria-current=page]").textContent(), name);
}

const shows = (text) => page.getByText(text).first().waitFor();

test("the content is one key away", async () => {
  await tabTo("Skip to content", "a");
  await press("Enter");
  assert.equal(await page.evaluate(() => location.hash), "#content");
});

test("keys are created, added, withdrawn, restored and disabled", async () => {
  await sandbox.run(["key", "new", "--alg", "ES384", "--out", "mine.pem"]);
  const jwks = (await sandbox.run(["key", "jwks", "mine.pem"])).stdout;
  await go("API keys");
  await tabTo("Create API key", "summary");
  await press("Enter");
  await write("Client ID", "by-keyboard");
  await choose("Environment", "Stag");
  await write("Paste a JWK Set", jwks);
  await tabTo("Create", "button");
  await enter();
  await shows("by-keyboard");
  const { kid } = JSON.parse(jwks).keys[0];
  await tabTo(`Withdraw ${kid}`);
  await enter();
  await tabTo(`Restore ${kid}`);
  await enter("Space");
  await tabTo("Disable by-keyboard");
  await enter();
  await tabTo("Enable by-keyboard");
  await enter();
  const listed = await sandbox.api("GET", "oauth-keys");
  const key = listed.oauth_keys.find((it) => it.client_id === "by-keyboard");
  assert.deepEqual([key.environment, key.enabled, key.keys[0].state], ["Staging", true, "active"]);

  await tabTo("Add or replace keys", "summary");
  await press("Space");
  await choose("or make a key", "ES256");
  await tabTo("Add a key", "button");
  await enter();
  await tabTo("Copy Private key");
  await press("Enter");
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /BEGIN PRIVATE KEY/);
});

test("a legacy secret is generated, and the server chosen", async () => {
  await go("API keys");
  await tabTo("also revoke its tokens");
  await press("Space");
  await tabTo("Generate new secret for Sandbox source");
  await enter();
  await shows("Copy this now");
  await go("API keys");
  await choose("Server", "Keycl");
  await tabTo("Switch");
  await enter();
  await shows("/realms/sandbox/");
  await choose("Server", "Redox");
  await tabTo("Switch");
  await enter();
  assert.equal((await sandbox.api("GET", "sandbox")).server, "redox");
});

test("sources and destinations are created", async () => {
  await go("Sources");
  await write("Name", "Ward");
  await choose("Environment", "Prod");
  await tabTo("Create source");
  await enter();
  await shows("Ward");
  await tabTo("Create source");
  await write("Name", "Archive");
  await write("FHIR slug", "archive");
  await enter();
  await shows("archive");
});

test("faults are ordered and cleared, the clock is moved, frozen and reset, a token revoked and restored", async () => {
  const { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE, REDOX_DESTINATION_ID } = sandbox.variables;
  const file = sandbox.write("message.json", message(REDOX_DESTINATION_ID));
  await sandbox.api("PATCH", "clock", { by: "0s" });
  const env = { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE };
  await sandbox.run(["send", file], env);
  await go("Faults and clock");
  await tabTo("1 day ahead");
  await enter();
  await tabTo("Freeze");
  await enter();
  await shows(", frozen");
  await tabTo("Reset to this machine's time");
  await enter();
  await shows("as this machine");
  await write("Move by", "-1m");
  await enter();
  await shows("behind this machine");
  await tabTo("Reset to this machine's time");
  await enter();
  await choose("Where", "Upl");
  await choose("Fault", "503");
  await write("Answers", "2");
  await tabTo("Order fault");
  await enter();
  await shows("upload:503:times=2");
  await tabTo("Clear upload:503:times=2");
  await enter();
  await shows("No fault is waiting.");
  const { live } = await sandbox.api("GET", "tokens");
  await tabTo(`Revoke ${live[0].tag}`);
  await enter();
  await tabTo(`Restore ${live[0].tag}`);
  await enter();
  assert.equal((await sandbox.api("GET", "tokens")).revoked.length, 0);
});

test("traffic is searched, an exchange opened and copied, and all of it exported and cleared", async () => {
  await go("Traffic");
  await choose("Kind", "mess");
  await write("Search", "NewPatient");
  await enter();
  await page.locator("table.traffic tbody tr").first().waitFor();
  const { exchanges } = await sandbox.api("GET", "traffic?kind=message&q=NewPatient");
  await tabTo(String(exchanges[0].number), "a");
  await enter();
  await tabTo("Copy as curl");
  await press("Enter");
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -X POST/);
  await go("Traffic");
  const download = page.waitForEvent("download");
  await tabTo("Export HAR", "a");
  await press("Enter");
  assert.equal((await download).suggestedFilename(), "sandbox.har");
  await tabTo("Clear all traffic");
  await enter();
  await shows("No requests yet");
});

test("rehearsals are read and the user's endpoint is called", async () => {
  await go("Rehearsal");
  await tabTo("move the clock", "a");
  const server = createServer((request, answer) => {
    answer.end(new URL(request.url, "http://localhost").searchParams.get("challenge") ?? "thanks");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await go("Incoming");
    await write("Endpoint", `http://127.0.0.1:${server.address().port}/`);
    await write("Verification token", "verify-me-please-0123");
    await choose("Send", "the challenge with G");
    await tabTo("Send", "button");
    await enter();
    await shows("Redox would accept this answer");
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
