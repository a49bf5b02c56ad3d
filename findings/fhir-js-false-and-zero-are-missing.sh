#!/usr/bin/env bash
# Software: fhir 4.12.0 (npm), which validates FHIR resources and converts them between XML and JSON.
# Behaviour: where a value of several types is required, false and 0 count as missing: enableWhen with answerBoolean false,
#   an initial valueDecimal 0, a Task output valueInteger 0, a Group characteristic valueBoolean false. True and 5 are
#   fine, and so is a false or 0 in an element of one type. A required status that has only the extension
#   data-absent-reason is missing, too. And xmlToObj() does not know a resource whose XML has a prefix, f:Patient.
# One would guess: present is present. FHIR lets an extension stand for the value of a primitive element (unless a profile
#   says otherwise), and the prefix is the free choice of whoever writes XML.
# Why it matters: a questionnaire that asks further when the answer is no is refused as invalid, one that asks on yes is not.
# Remedy: for each "Missing property" whose location ends in [x], look yourself whether a member of that name is there.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund fhir@4.12.0 || exit 2
cat >check.cjs <<'JS'
const { Fhir } = require("fhir");
const fhir = new Fhir();
const text = (value) => ({ text: value });
const question = (item) => ({ resourceType: "Questionnaire", status: "draft", item: [{ linkId: "2", type: "decimal", ...item }] });
const absent = { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }] };
const resources = {
  "enableWhen answerBoolean true": question({ enableWhen: [{ question: "1", operator: "=", answerBoolean: true }] }),
  "enableWhen answerBoolean false": question({ enableWhen: [{ question: "1", operator: "=", answerBoolean: false }] }),
  "initial valueDecimal 5": question({ initial: [{ valueDecimal: 5 }] }),
  "initial valueDecimal 0": question({ initial: [{ valueDecimal: 0 }] }),
  "output valueInteger 0": { resourceType: "Task", status: "draft", intent: "order", output: [{ type: text("count"), valueInteger: 0 }] },
  "characteristic valueBoolean false": {
    resourceType: "Group", type: "person", actual: false, characteristic: [{ code: text("smoker"), valueBoolean: false, exclude: false }],
  },
  "status with an extension": { resourceType: "Observation", _status: absent, code: text("potassium") },
};
const found = {};
for (const [name, resource] of Object.entries(resources)) {
  const { valid, messages } = fhir.validate(resource);
  found[name] = valid ? "valid" : [...new Set(messages.map(({ location, message }) => `${message} ${location}`))].join();
}
for (const prefix of ["", "f"]) {
  const name = prefix ? `${prefix}:Patient` : "Patient";
  try {
    found[name] = fhir.xmlToObj(`<${name} xmlns${prefix && ":"}${prefix}="http://hl7.org/fhir"><${prefix ? "f:" : ""}active value="true"/></${name}>`).resourceType;
  } catch (error) {
    found[name] = error.message;
  }
}
for (const [name, result] of Object.entries(found)) console.log(`${name}: ${result}`);
const expected = {
  "enableWhen answerBoolean true": "valid",
  "enableWhen answerBoolean false": "Missing property Questionnaire.item[0].enableWhen[0].answer[x]",
  "initial valueDecimal 5": "valid",
  "initial valueDecimal 0": "Missing property Questionnaire.item[0].initial[0].value[x]",
  "output valueInteger 0": "Missing property Task.output[0].value[x]",
  "characteristic valueBoolean false": "Missing property Group.characteristic[0].value[x]",
  "status with an extension": "Missing property Observation.status",
  "Patient": "Patient", "f:Patient": "Unknown resource type: f:Patient",
};
if (JSON.stringify(found) !== JSON.stringify(expected)) {
  console.error(`changed: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  process.exit(1);
}
JS
node check.cjs
