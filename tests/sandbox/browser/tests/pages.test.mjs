// Every page and every action of the dashboard, as a person with a mouse uses them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
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
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());

test("an OAuth key is pasted, added to, withdrawn, restored, replaced and disabled", async () => {
  await sandbox.run(["key", "new", "--alg", "ES384", "--out", "mine.pem"]);
  const jwks = (await sandbox.run(["key", "jwks", "mine.pem"])).stdout;
  await open("");
  await page.getByText("Create API key").click();
  const create = page.locator("details.card").filter({ hasText: "Create API key" });
  await create.getByLabel("Client ID").fill("pasted");
  await create.getByLabel("Environment").selectOption("Staging");
  await create.getByLabel("Paste a JWK Set").fill(jwks);
  await button("Create", create).click();
  const card = page.locator("article").filter({ hasText: "pasted" });
  const { kid } = JSON.parse(jwks).keys[0];
  await card.locator("td code").getByText(kid).waitFor();
  assert.match(await card.textContent(), /Staging.*enabled.*ES384.*active/s);
  await button("Copy client ID", card).click();
  assert.equal(await clipboard(), "pasted");

  const env = { REDOX_BASE_URL: sandbox.base, REDOX_CLIENT_ID: "pasted", REDOX_KEY_FILE: "mine.pem" };
  assert.equal((await sandbox.run(["token"], env)).code, 0);

  await card.getByText("Add or replace keys").click();
  const add = card.locator("form").filter({ has: button("Add a key") });
  await add.getByLabel("or make a key").selectOption("ES256");
  await button("Add a key", add).click();
  const secret = page.getByRole("status").filter({ hasText: "Copy this now" });
  await button("Copy Private key", secret).click();
  assert.match(await clipboard(), /^-----BEGIN PRIVATE KEY-----\n/);
  await open("");
  assert.doesNotMatch(await page.content(), /PRIVATE KEY/);

  await button(`Withdraw ${kid}`).click();
  await card.getByText("withdrawn").waitFor();
  assert.equal((await sandbox.run(["token"], env)).code, 1);
  await button(`Restore ${kid}`).click();
  await card.getByText("withdrawn").waitFor({ state: "detached" });
  assert.equal((await sandbox.run(["token"], env)).code, 0);

  await button("Disable pasted").click();
  await card.getByText("disabled").waitFor();
  assert.equal((await sandbox.run(["token"], env)).code, 1);
  await button("Enable pasted").click();
  await card.getByText("enabled").waitFor();

  await sandbox.run(["key", "new", "--alg", "ES256", "--out", "other.pem"]);
  await card.getByText("Add or replace keys").click();
  const other = (await sandbox.run(["key", "jwks", "other.pem"])).stdout;
  await card.getByLabel("Public keys to replace these").fill(other);
  await button("Replace", card).click();
  await card.locator("td code").getByText(JSON.parse(other).keys[0].kid).waitFor();
  assert.equal((await sandbox.run(["token"], { ...env, REDOX_KEY_FILE: "other.pem" })).code, 0);
  await picture(page, "api-keys");
});

test("an OAuth key is registered by the URL of its JWK Set", async () => {
  await sandbox.run(["key", "new", "--alg", "ES384", "--out", "by-url.pem"]);
  const jwks = (await sandbox.run(["key", "jwks", "by-url.pem"])).stdout;
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "application/json").end(jwks));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await open("");
    await page.getByText("Create API key").click();
    await page.getByLabel("Client ID").fill("by-url");
    await page.getByLabel("or give a JWK Set URL").fill(`http://127.0.0.1:${server.address().port}/jwks.json`);
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.locator("article").filter({ hasText: "by-url" }).getByText("/jwks.json").waitFor();
    const env = { REDOX_BASE_URL: sandbox.base, REDOX_CLIENT_ID: "by-url", REDOX_KEY_FILE: "by-url.pem" };
    assert.equal((await sandbox.run(["token"], env)).code, 0);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("sources, destinations and legacy keys are created, copied and renewed", async () => {
  await open("sources");
  const sources = section(page, "Sources");
  await sources.getByLabel("Name").fill("Clinic");
  await sources.getByLabel("ID", { exact: true }).fill("clinic");
  await sources.getByLabel("Environment").selectOption("Production");
  await button("Create source").click();
  await page.getByRole("cell", { name: "Clinic", exact: true }).waitFor();
  const destinations = section(page, "Destinations");
  await destinations.getByLabel("Name").fill("Hospital");
  await destinations.getByLabel("ID", { exact: true }).fill("hospital");
  await destinations.getByLabel("FHIR slug").fill("hospital-r4");
  await destinations.getByLabel("Environment").selectOption("Production");
  await button("Create destination").click();
  await page.getByRole("cell", { name: "hospital-r4" }).waitFor();
  const production = section(page, "Environments").getByRole("row").filter({ hasText: "Production" });
  assert.match(await production.innerText(), /Production\s+\S+-00000000000f\s+1\s+1\s+0\s+0/);
  await picture(page, "sources");

  await open("");
  await page.getByRole("combobox", { name: "Source", exact: true }).selectOption("Clinic");
  await button("Create legacy key").click();
  const made = page.getByRole("status").filter({ hasText: "Copy this now" });
  await button("Copy Secret", made).click();
  const first = await clipboard();
  await open("");
  const card = page.locator("article").filter({ hasText: "Clinic" });
  await button("Copy API key", card).click();
  assert.equal(await clipboard(), "clinic");
  const works = async (secret) => {
    const body = JSON.stringify({ apiKey: "clinic", secret });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${sandbox.base}/auth/authenticate`, { method: "POST", headers, body });
    return answer.ok;
  };
  assert.ok(await works(first));
  await card.getByLabel("also revoke its tokens").check();
  await button("Generate new secret for Clinic").click();
  await button("Copy Secret", made).click();
  const second = await clipboard();
  assert.ok(!(await works(first)) && (await works(second)), "only the new secret works");
});

test("faults, the clock and tokens are changed and put back", async () => {
  await open("faults");
  const { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE } = sandbox.variables;
  const token = () => sandbox.run(["token"], { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE });
  await page.getByLabel("Where").selectOption("Token endpoint");
  await page.getByRole("combobox", { name: "Fault" }).selectOption("a blank refusal");
  await page.getByLabel("Answers").fill("5");
  await button("Order fault").click();
  await page.locator("code").getByText("token:blank:times=5").waitFor();
  assert.equal((await token()).code, 1);
  await button("Clear token:blank").click();
  await page.getByText("No fault is waiting.").waitFor();
  assert.equal((await token()).code, 0);

  await page.getByText("All faults, in the form of the command line").click();
  const written = page.locator("details").getByRole("textbox", { name: "Fault" });
  await written.fill("api:latency=10ms");
  await button("Order", page.locator("details")).click();
  await page.locator("li code").getByText("api:latency=10ms").waitFor();
  await button("Clear all faults").click();
  await page.getByText("No fault is waiting.").waitFor();

  await button("1 day ahead").click();
  await page.getByText("24h ahead of this machine").waitFor();
  await button("Freeze").click();
  await page.getByText(", frozen").waitFor();
  const frozen = await sandbox.api("GET", "clock");
  await page.getByLabel("Move by").fill("-90s");
  await button("Move", page.locator("form").filter({ has: page.getByLabel("Move by") })).click();
  await page.waitForLoadState();
  const moved = await sandbox.api("GET", "clock");
  assert.deepEqual([moved.frozen, moved.unix], [true, frozen.unix - 90]);
  await button("Unfreeze").click();
  await page.getByText(", frozen").waitFor({ state: "detached" });
  await button("Reset to this machine's time").click();
  await page.getByText("as this machine").waitFor();

  const live = (await token()).stdout.trim();
  const send = async () => {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${live}` };
    const body = message(sandbox.variables.REDOX_DESTINATION_ID, sandbox.variables.REDOX_SOURCE_ID);
    return (await fetch(`${sandbox.base}/endpoint`, { method: "POST", headers, body })).status;
  };
  assert.equal(await send(), 200);
  const tag = (await newest()).token.tag;
  await open("faults");
  await button(`Revoke ${tag}`).click();
  assert.equal(await send(), 401);
  await button(`Restore ${tag}`).click();
  await button(`Revoke ${tag}`).waitFor();
  assert.equal(await send(), 200);
  await picture(page, "faults");
});

const newest = async () => {
  const { exchanges } = await sandbox.api("GET", "traffic?limit=1");
  return sandbox.api("GET", `traffic/${exchanges[0].number}`);
};

test("traffic appears as it arrives, and each exchange says why", async () => {
  await sandbox.api("DELETE", "traffic");
  await open("traffic");
  await page.getByText("No requests yet").waitFor();
  const env = { ...sandbox.variables, REDOX_LEGACY_API_KEY: undefined };
  const file = sandbox.write("message.json", message(env.REDOX_DESTINATION_ID, env.REDOX_SOURCE_ID));
  assert.equal((await sandbox.run(["send", file], pick(env))).code, 0);
  const rows = page.locator("table.traffic tbody tr");
  // Without loading the page again.
  await rows.filter({ hasText: "PatientAdmin NewPatient to Sandbox destination" }).waitFor();
  await rows.filter({ hasText: "kid" }).waitFor();
  assert.equal(await rows.count(), 2);

  // A refused assertion: each rule with what was expected and found, and the true reason beside what the client was told.
  const late = await sandbox.run(["assertion", "--audience", "http://elsewhere.example/token"], pick(env));
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: late.stdout.trim(),
  });
  const refused = await fetch(`${sandbox.base}/v2/auth/token`, { method: "POST", body: form });
  assert.equal(refused.status, 400);
  const row = rows.filter({ hasText: "400" });
  await row.getByRole("link").click();
  await page.getByText("Reason", { exact: true }).waitFor();
  const rule = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "aud", exact: true }) });
  assert.match(await rule.innerText(), /aud\s+fail\s+http:\/\/127\.0\.0\.1:\d+\/v2\/auth\/token\s+"http:\/\/elsewhere\.example\/token"/);
  assert.match(await page.getByLabel("Claims", { exact: true }).textContent(), /"aud": "http:\/\/elsewhere/);
  assert.match(await page.getByLabel("Header", { exact: true }).textContent(), /"alg": "ES384"/);
  assert.match(await page.locator(".why").innerText(), /Answer to client\s+invalid_request|Answer to client\s+\w+: Unexpected/);
  await picture(page, "exchange-refused");
  await button("Copy as curl").click();
  const curl = await clipboard();
  assert.match(curl, /^curl -X POST/);
  assert.match(curl, /client_assertion=\$CLIENT_ASSERTION/);

  // A message: its Meta, the verdict, and the request that its token came from.
  await open("traffic?kind=message");
  await rows.first().getByRole("link").click();
  assert.match(await page.getByLabel("Meta").textContent(), /"EventType": "NewPatient"/);
  await page.locator("dt", { hasText: "Obtained in" }).locator("+ dd").getByRole("link").click();
  await page.getByRole("heading", { level: 1 }).getByText("/v2/auth/token").waitFor();
  await picture(page, "exchange-accepted");
});

const pick = ({ REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE }) => ({ REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE });

test("traffic is filtered, searched, held, exported and cleared", async () => {
  await open("traffic");
  const rows = page.locator("table.traffic tbody tr");
  const all = await rows.count();
  await page.getByLabel("Kind").selectOption("token");
  await page.getByLabel("Outcome").selectOption("refused");
  await button("Show").click();
  await page.waitForURL(/outcome=refused/);
  assert.equal(await rows.count(), 1);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export HAR" }).click();
  const har = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  assert.equal(har.log.version, "1.2");
  assert.equal(har.log.entries.length, 1);
  assert.equal(har.log.entries[0].response.status, 400);

  await open("traffic");
  await page.getByLabel("Search").fill("NewPatient");
  await button("Show").click();
  await page.waitForURL(/q=NewPatient/);
  assert.ok((await rows.count()) >= 1 && (await rows.count()) < all);
  await picture(page, "traffic");

  await open("traffic");
  await page.getByLabel("Live").uncheck();
  await fetch(`${sandbox.base}/nowhere`);
  await page.getByLabel("Live").check();
  await rows.filter({ hasText: "/nowhere" }).waitFor();
  assert.equal(await rows.filter({ hasText: "/nowhere" }).count(), 1);
  await button("Clear all traffic").click();
  await page.getByText("No requests yet").waitFor();
  assert.equal(await rows.count(), 0);
});

test("the server to behave like is chosen on the page", async () => {
  await open("");
  await page.getByLabel("Server").selectOption({ label: "Keycloak" });
  await button("Switch").click();
  await page.getByText("/realms/sandbox/protocol/openid-connect/token").first().waitFor();
  await page.getByText("Settings for clients of this server").waitFor();
  await picture(page, "like-keycloak");
  const env = { REDOX_CLIENT_ID: sandbox.variables.REDOX_CLIENT_ID, REDOX_KEY_FILE: sandbox.variables.REDOX_KEY_FILE };
  const url = await page.locator("#copy-token-url").textContent();
  const set = await page.getByRole("row").filter({ hasText: "aud" }).locator("code").first().textContent();
  const token = await sandbox.run(["token", "--token-url", url, "--audience", set], env);
  assert.equal(token.code, 0, token.stderr);
  await open("traffic");
  await page.locator("table.traffic tbody tr").first().getByRole("link").click();
  await page.getByText(/a request that Keycloak accepts/).first().waitFor();
  await open("");
  await page.getByLabel("Server").selectOption("redox");
  await button("Switch").click();
  await page.getByText("/v2/auth/token").first().waitFor();
  // The old exchange is still judged by the rules that it was answered by.
  await open("traffic?kind=token");
  await page.locator("table.traffic tbody tr").first().getByRole("link").click();
  await page.getByText(/a request that Keycloak accepts/).first().waitFor();
});

test("the user's own endpoint is called in each form", async () => {
  const seen = [];
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const query = new URL(request.url, "http://localhost").searchParams;
    const challenge = query.get("challenge") ?? JSON.parse(body || "{}").challenge;
    answer.end(challenge ?? "thanks");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const call = async (what, text) => {
    await open("incoming");
    await page.getByLabel("Endpoint").fill(`http://127.0.0.1:${server.address().port}/redox`);
    await page.getByLabel("Verification token").fill("verify-me-please-0123");
    await page.getByRole("combobox", { name: /^Send/ }).selectOption(what);
    if (text) await page.getByLabel("Message, if you send one").fill(text);
    await button("Send").click();
    return page.getByRole("status").filter({ hasText: "Status" }).innerText();
  };
  try {
    assert.match(await call("the challenge with POST"), /would accept this answer\s+Status 200.*the body is the challenge/s);
    assert.match(await call("the challenge with GET"), /would accept this answer/);
    assert.match(await call("a message"), /would accept this answer\s+Status 200.*thanks/s);
    await picture(page, "incoming");
    assert.deepEqual(seen.map((it) => it.method), ["POST", "GET", "POST"]);
    assert.equal(seen[2].headers["verification-token"], "verify-me-please-0123");
    assert.equal(JSON.parse(seen[2].body).Meta.DataModel, "PatientAdmin");
    await call("a message", '{"Meta": {"DataModel": "Own"}}');
    assert.equal(JSON.parse(seen[3].body).Meta.DataModel, "Own");
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
