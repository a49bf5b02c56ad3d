// The whole migration and a whole rotation, from nothing to the last step, with the real command as the client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, picture, section } from "../browser.mjs";
import { message, startSandbox } from "../sandbox.mjs";

let sandbox, browser, page;

before(async () => {
  sandbox = await startSandbox();
  browser = await openBrowser();
  page = browser.page;
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

const open = (path) => page.goto(sandbox.dashboard + path);
const button = (name, within = page) => within.getByRole("button", { name });

/** Which steps are ticked, of the card of this name, and what they say. */
async function steps(name) {
  await open("rehearsal");
  const items = page.locator("article").filter({ hasText: name }).locator("ol li");
  const texts = await items.allInnerTexts();
  return { done: texts.map((text) => text.startsWith("done")), text: texts.join("\n") };
}

async function tenMinutesLater() {
  await open("faults");
  await button("5 min ahead").click();
  await button("5 min ahead").click();
}

/** Registers a new key of the command's under this client ID, by pasting its JWK Set into the page. */
async function createKey(clientId, file) {
  await sandbox.run(["key", "new", "--alg", "ES384", "--out", file]);
  const jwks = (await sandbox.run(["key", "jwks", file])).stdout;
  await open("");
  await page.getByText("Create API key").click();
  const create = page.locator("details.card").filter({ hasText: "Create API key" });
  await create.getByLabel("Client ID").fill(clientId);
  await create.getByLabel("Environment").selectOption("Production");
  await create.getByLabel("Paste a JWK Set").fill(jwks);
  await button("Create", create).click();
  await page.locator("article").filter({ hasText: clientId }).waitFor();
}

test("a migration from a legacy key, from an empty environment to its last step", async () => {
  await open("sources");
  const places = [["Sources", "Old clinic", "old-clinic", "Create source"], ["Destinations", "Lab", "lab", "Create destination"]];
  for (const [heading, name, id, create] of places) {
    const form = section(page, heading);
    await form.getByLabel("Name").fill(name);
    await form.getByLabel("ID", { exact: true }).fill(id);
    await form.getByLabel("Environment").selectOption("Production");
    await button(create).click();
    await page.getByRole("cell", { name, exact: true }).waitFor();
  }
  await open("");
  await page.getByRole("combobox", { name: "Source", exact: true }).selectOption("Old clinic");
  await button("Create legacy key").click();
  const secret = await page.locator("#copy-secret").textContent();
  sandbox.write("secret", secret);
  const file = sandbox.write("message.json", message("lab"));
  const old = { REDOX_BASE_URL: sandbox.base, REDOX_LEGACY_API_KEY: "old-clinic", REDOX_LEGACY_SECRET_FILE: "secret" };
  const sent = await sandbox.run(["send", file], old);
  assert.equal(sent.code, 0, sent.stderr);
  assert.deepEqual((await steps("Old clinic")).done, [false, false, false, false, false]);

  await createKey("new-client", "new.pem");
  assert.deepEqual((await steps("Old clinic")).done, [true, false, false, false, false]);
  const env = { REDOX_BASE_URL: sandbox.base, REDOX_CLIENT_ID: "new-client", REDOX_KEY_FILE: "new.pem" };
  for (let count = 0; count < 3; count += 1) assert.equal((await sandbox.run(["token"], env)).code, 0);
  const tokens = await steps("Old clinic");
  assert.deepEqual(tokens.done, [true, true, false, false, false]);
  assert.match(tokens.text, /3 obtained/);
  assert.equal((await sandbox.run(["send", file], env)).code, 0);
  assert.deepEqual((await steps("Old clinic")).done, [true, true, true, false, false]);
  await tenMinutesLater();
  const quiet = await steps("Old clinic");
  assert.deepEqual(quiet.done, [true, true, true, true, false]);
  assert.match(quiet.text, /generate the new secret now/);
  await picture(page, "rehearsal-migration");
  await open("");
  await button("Generate new secret for Old clinic").click();
  await page.getByText("Copy this now").waitFor();
  assert.deepEqual((await steps("Old clinic")).done, [true, true, true, true, true]);
  // The old secret is dead, the new key lives on.
  assert.equal((await sandbox.run(["token"], old)).code, 1);
  assert.equal((await sandbox.run(["send", file], env)).code, 0);
});

test("a rotation of an OAuth key, from one key to its last step", async () => {
  await createKey("rotated", "first.pem");
  const env = { REDOX_BASE_URL: sandbox.base, REDOX_CLIENT_ID: "rotated", REDOX_KEY_FILE: "first.pem" };
  assert.equal((await sandbox.run(["token"], env)).code, 0);
  assert.deepEqual((await steps("rotated")).done, [false, false, false, false]);

  await sandbox.run(["key", "new", "--alg", "ES384", "--out", "second.pem"]);
  const jwks = (await sandbox.run(["key", "jwks", "second.pem"])).stdout;
  await open("");
  const card = page.locator("article").filter({ hasText: "rotated" });
  await card.getByText("Add or replace keys").click();
  await card.getByLabel("Another public key").fill(jwks);
  await button("Add a key", card).click();
  await card.locator("td code").getByText(JSON.parse(jwks).keys[0].kid).waitFor();
  assert.deepEqual((await steps("rotated")).done, [true, false, false, false]);
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await sandbox.run(["token"], { ...env, REDOX_KEY_FILE: "second.pem" })).code, 0);
  }
  const obtained = await steps("rotated");
  assert.deepEqual(obtained.done, [true, true, false, false]);
  assert.match(obtained.text, /3 obtained/);
  await tenMinutesLater();
  const quiet = await steps("rotated");
  assert.deepEqual(quiet.done, [true, true, true, false]);
  const { kid } = JSON.parse((await sandbox.run(["key", "jwks", "first.pem"])).stdout).keys[0];
  assert.ok(quiet.text.includes(`withdraw ${kid} now`), quiet.text);
  await open("");
  await button(`Withdraw ${kid}`).click();
  await card.getByText("withdrawn").waitFor();
  assert.deepEqual((await steps("rotated")).done, [true, true, true, true]);
  await picture(page, "rehearsal-done");
  assert.equal((await sandbox.run(["token"], env)).code, 1);
  assert.equal((await sandbox.run(["token"], { ...env, REDOX_KEY_FILE: "second.pem" })).code, 0);
});
