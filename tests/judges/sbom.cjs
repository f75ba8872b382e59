// Whether a software bill of materials is what CycloneDX says it is: the schema of its version, by their own validator.
//
//   node sbom.cjs FILE.cdx.json
'use strict';
const fs = require('fs');
const { library } = require('./strict.cjs');
const { Spec, Validation } = library('@cyclonedx/cyclonedx-library');

const text = fs.readFileSync(process.argv[2], 'utf8');
const version = Object.values(Spec.Version).find((known) => known === JSON.parse(text).specVersion);
if (version === undefined) throw new Error('there is no such version of CycloneDX');
new Validation.JsonStrictValidator(version).validate(text).then((wrong) => {
  if (wrong !== null) console.log(JSON.stringify(wrong));
  process.exitCode = wrong === null ? 0 : 1;
});
