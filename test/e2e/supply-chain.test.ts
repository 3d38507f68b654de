import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/* What comes with the package, from what is locked. */

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const manifest = read('package.json') as Record<string, Record<string, string> | undefined>;
const locked = Object.entries(packages).filter(([path]) => path !== '');
const shipped = locked.filter(([, { dev }]) => dev !== true);

describe('the packages that a user gets', () => {
  it('run no script when they are installed, but for the database', () => {
    const scripts = shipped.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripts.map(([path]) => path)).toEqual(['node_modules/better-sqlite3']);
    expect(manifest['allowScripts']).toEqual({ 'better-sqlite3': true });
  });

  it('are each locked by a hash, and to no particular host', () => {
    const loose = shipped.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true);
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('are each accounted for', () => {
    const decisions = readFileSync('docs/decisions/0006-packages.md', 'utf8');
    const direct = Object.keys({
      ...manifest['dependencies'],
      ...manifest['optionalDependencies'],
    });
    expect(direct.filter((name) => !decisions.includes(name))).toEqual([]);
  });

  it('are all in the bill of materials of a release', () => {
    const text = execFileSync('npm', ['run', '--silent', 'sbom'], { maxBuffer: 1e8 }).toString();
    const { components } = JSON.parse(text) as { components: { name: string; group?: string }[] };
    const listed = new Set(components.map(({ name }) => name));
    const direct = Object.keys(manifest['dependencies'] ?? {});
    expect(direct.filter((name) => !listed.has(name))).toEqual([]);
    expect(listed).not.toContain('jest');
  }, 60_000);
});
