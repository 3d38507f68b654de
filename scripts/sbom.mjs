/**
 * The bill of materials of what a user installs, as CycloneDX, on standard output. `npm sbom --omit
 * dev` also leaves out what development shares with the program, so that npm is asked for everything, and its own marks decide.
 */
import { execFileSync } from 'node:child_process';

const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
const bom = JSON.parse(execFileSync('npm', args, { maxBuffer: 1e8 }).toString());

const isForDevelopment = ({ properties = [] }) =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
const shipped = bom.components.filter((one) => !isForDevelopment(one));
const kept = new Set([bom.metadata.component['bom-ref'], ...shipped.map((one) => one['bom-ref'])]);
const dependencies = bom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));

process.stdout.write(
  `${JSON.stringify({ ...bom, components: shipped, dependencies }, undefined, 2)}\n`,
);
