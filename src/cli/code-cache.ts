import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/*
 * The program's code as an earlier run has compiled it (docs/decisions/0018-compiled-code.md).
 * Whatever goes wrong with it, the program runs without.
 */

export interface CodeCache {
  /** Leaves for later runs what this one had to compile. */
  keep(): void;
}

/** What there is to load a file: itself, and a place for its exports. */
type Load = (module: NodeModule, file: string) => void;

export interface CodeCacheOptions {
  /** Where the program's files are, each under a name that changes with what is in it. */
  readonly bundle: string;
  /** Not made where it is not there. */
  readonly home: string;
  readonly toolVersion: string;
  /** `require.extensions`: deprecated, and promised to stay (https://nodejs.org/api/modules.html#requireextensions). */
  readonly extensions: Record<string, Load>;
}

/** Later, V8 has dropped the code of what was called at the start alone. */
const LONGEST_MS = 5000;

/** Before anything of the program is loaded. */
export function openCodeCache(options: CodeCacheOptions): CodeCache {
  keepHeapSmall();
  const { home, toolVersion } = options;
  const folder = path.join(home, 'code', `${toolVersion}-${process.version}-${process.arch}`);
  if (nodesOwn !== undefined) {
    if (existsSync(home)) nodesOwn(folder);
    return { keep: () => keepIn(folder, home, new Map()) };
  }
  const compiled = takeCode(options, folder);
  return {
    keep: () => {
      if (compiled.size > 0 && performance.now() < LONGEST_MS) keepIn(folder, home, compiled);
    },
  };
}

/** Loads the bundle's files with what is in the folder. Resolves to those that it was not there for, by name. */
function takeCode(
  { bundle, extensions }: CodeCacheOptions,
  folder: string,
): ReadonlyMap<string, Script> {
  const compiled = new Map<string, Script>();
  const asEver = extensions['.js'];
  extensions['.cjs'] = (module, file) => {
    if (path.dirname(file) !== bundle) return asEver?.(module, file);
    const name = path.basename(file);
    const script = compile(file, readCode(path.join(folder, name)));
    if (script.cachedDataRejected !== false) compiled.set(name, script);
    run(script, module, file);
  };
  return compiled;
}

function keepIn(folder: string, home: string, compiled: ReadonlyMap<string, Script>): void {
  if (!existsSync(home)) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    dropAllBut(folder);
    for (const [name, script] of compiled) {
      writeCode(path.join(folder, name), script.createCachedData());
    }
  } catch {
    // A full disk, a folder that is not ours: the next run compiles again.
  }
}

/** What other versions have left is of no use. */
function dropAllBut(folder: string): void {
  const root = path.dirname(folder);
  for (const name of readdirSync(root)) {
    const other = path.join(root, name);
    if (other !== folder) rmSync(other, { recursive: true, force: true });
  }
}

/** From version 22 on, Node does the same by itself (https://nodejs.org/api/module.html#module-compile-cache). */
const { enableCompileCache: nodesOwn } = nodeModule as {
  readonly enableCompileCache?: (folder: string) => unknown;
};

/**
 * Garbage is collected when there is as much of it as there is of what lives. Left alone, a first
 * sync holds several times as much, and is no faster. It comes first, because V8 takes no code that
 * was compiled under another setting.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}

/** What Node gives to a CommonJS file. */
const GIVEN = ['exports', 'require', 'module', '__filename', '__dirname'];

function compile(file: string, cachedData: Buffer | undefined): Script {
  const before = `(function(${GIVEN.join()}){`;
  return new Script(`${before}${readFileSync(file, 'utf8')}\n})`, {
    filename: file,
    columnOffset: -before.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

type Wrapped = (this: unknown, ...given: readonly unknown[]) => void;

function run(script: Script, module: NodeModule, file: string): void {
  const wrapped = script.runInThisContext() as Wrapped;
  const require = (id: string): unknown => module.require(id);
  wrapped.call(module.exports, module.exports, require, module, file, path.dirname(file));
}

const CHECKSUM_BYTES = 4;

/** V8 trusts what it is given: a single wrong byte in it ends the process. */
function readCode(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const code = bytes.subarray(CHECKSUM_BYTES);
    return crc32(code) === bytes.readUInt32LE() ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Another run may read it at this moment. */
function writeCode(file: string, code: Buffer): void {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(code));
  const part = `${file}.${process.pid}`;
  writeFileSync(part, Buffer.concat([checksum, code]), { mode: 0o600 });
  renameSync(part, file);
}
