#!/usr/bin/env bash
# Software: fhir 4.12.0 (npm), which converts FHIR between XML and JSON and validates it.
# Behaviour: xmlToObj() makes a string of each decimal, "value": "1.00" instead of 1.00. Integers become numbers. The
#   validator of the same package then refuses the resource: "Number type expected but string received". A decimal with
#   an exponent, as 1.20E3 or 1e-7, is an exception; objToXml() itself writes 1e-7 for the number 0.0000001.
# One would guess: a JSON number, if need be with the zeros lost; and that the package reads what it writes. FHIR allows
#   an exponent in a decimal, and wants a number in JSON (R4, Datatypes, decimal).
# Why it matters: a result that came as XML is refused by the next FHIR server, or sorted and compared as text: "10.5" is
#   below "9.5". A very small concentration stops the whole document.
# Remedy: after xmlToObj(), make numbers of the decimals of the resource (value of each Quantity, valueDecimal and so on)
#   yourself, and write decimals without exponent.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund fhir@4.12.0 || exit 2
cat >check.cjs <<'JS'
const { Fhir } = require("fhir");
const fhir = new Fhir();
const observation = (value) => '<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="potassium"/></code>'
  + `<valueQuantity><value value="${value}"/><unit value="mmol/L"/></valueQuantity></Observation>`;
const attempt = (run) => { try { return run(); } catch (error) { return error.message; } };
const found = {};
for (const value of ["1.00", "4", "1.20E3", "1e-7"]) {
  found[value] = attempt(() => fhir.xmlToObj(observation(value)).valueQuantity.value);
}
const read = fhir.xmlToObj(observation("4.1"));
found["validator"] = fhir.validate(read).messages.map((message) => message.message);
found["as a number"] = fhir.validate({ ...read, valueQuantity: { value: 4.1, unit: "mmol/L" } }).valid;
found["integer"] = fhir.xmlToObj('<Patient xmlns="http://hl7.org/fhir"><multipleBirthInteger value="2"/></Patient>').multipleBirthInteger;
const xml = fhir.objToXml({ ...read, valueQuantity: { value: 0.0000001 } });
found["0.0000001 in XML"] = xml.match(/<value value="([^"]*)/)[1];
found["and back"] = attempt(() => fhir.xmlToObj(xml).valueQuantity.value);
for (const [name, result] of Object.entries(found)) console.log(`${name}: ${JSON.stringify(result)}`);
const refused = (value) => `Value should be a decimal number but got: ${value}`;
const expected = {
  "1.00": "1.00", 4: "4", "1.20E3": refused("1.20E3"), "1e-7": refused("1e-7"),
  validator: ['Number type expected but string received for value "4.1"'], "as a number": true, integer: 2,
  "0.0000001 in XML": "1e-7", "and back": refused("1e-7"),
};
const text = (object) => JSON.stringify(Object.entries(object).sort());
if (text(found) !== text(expected)) {
  console.error(`changed: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  process.exit(1);
}
JS
node check.cjs
