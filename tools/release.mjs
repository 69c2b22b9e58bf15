// Whether a tag may be published, and what is published with it:
//   node tools/release.mjs v1.2.3            the tag, package.json, its lock and the newest section of CHANGELOG.md say the same
//   node tools/release.mjs v1.2.3 FOLDER     then writes into FOLDER the tarball of what is built, its SBOM, SHA256SUMS of both,
//                                            of the wasm and the rest of dist/, and the text of the release, which it prints
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = dirname(import.meta.dirname);
const text = (file) => readFileSync(join(root, file), 'utf8');
const [tag = '', folder] = process.argv.slice(2);
const { name, version } = JSON.parse(text('package.json'));
const sections = text('CHANGELOG.md').split(/^## /m).slice(1),
  newest = sections[0]?.split('\n')[0].trim();

/** What is a part of other packages: csv-parser in dist/cli.js, the allocator of AssemblyScript in the wasm. */
const parts = ['csv-parser', 'assemblyscript'];

function stop(faults) {
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
}

stop(
  Object.entries({
    'the tag': tag.replace(/^v/, ''),
    'package-lock.json': JSON.parse(text('package-lock.json')).version,
    'the first section of CHANGELOG.md': newest,
  })
    .filter(([, found]) => found !== version)
    .map(([what, found]) => `${what} is ${found || 'missing'}; package.json says ${version}: make them one`),
);
if (folder !== undefined) publish(resolve(folder));

function publish(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0) stop([`${folder} is not empty: name a folder that is new`]);
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'SHA256SUMS'))) stop(['dist/ is not there: npm run build makes it']);
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file !== 'SHA256SUMS' && statSync(join(dist, file)).isFile())
    .sort();
  const hashes = files.map((file) => [`dist/${file}`, hash(readFileSync(join(dist, file)))]);
  const sums = readFileSync(join(dist, 'SHA256SUMS'), 'utf8').trim().split('\n');
  stop(
    sums
      .map((line) => line.split('  '))
      .filter(([sum, file]) => hashes.find(([path]) => path === `dist/${file}`)?.[1] !== sum)
      .map(([, file]) => `dist/${file} is not what dist/SHA256SUMS says: npm run build makes both`),
  );

  // all is made apart, so that a failure leaves nothing that looks like a release
  const apart = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    // no scripts: what is packed is what was tested
    npm('pack', '--ignore-scripts', '--pack-destination', apart);
    const tarball = `${name}-${version}.tgz`,
      bytes = readFileSync(join(apart, tarball)),
      bom = `${name}-${version}.cdx.json`,
      list = JSON.stringify(billOfMaterials(hash(bytes)), undefined, 1) + '\n';
    const all = [[tarball, hash(bytes)], [bom, hash(list)], ...hashes],
      notes = releaseText(all);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, tarball), bytes);
    writeFileSync(join(folder, bom), list);
    writeFileSync(join(folder, 'SHA256SUMS'), all.map(([file, sum]) => `${sum}  ${file}\n`).join(''));
    writeFileSync(join(folder, 'notes.md'), notes);
    console.log(notes);
  } finally {
    rmSync(apart, { recursive: true });
  }
}

/** CycloneDX, by npm: the package, which depends on nothing, and what is a part of its files. */
function billOfMaterials(tarball) {
  const bom = JSON.parse(npm('sbom', '--package-lock-only', '--sbom-format=cyclonedx')),
    { component } = bom.metadata,
    components = bom.components.filter((each) => parts.includes(each.name));
  if (components.length !== parts.length)
    stop([`package-lock.json does not list ${parts.join(' and ')}, which are parts of dist/`]);
  // npm takes the name of the folder
  Object.assign(component, { name, hashes: [{ alg: 'SHA-256', content: tarball }] });
  for (const each of components) (delete each.properties, delete each.scope);
  const refs = components.map((each) => each['bom-ref']);
  const dependencies = [{ ref: component['bom-ref'], dependsOn: [] }, ...refs.map((ref) => ({ ref, dependsOn: [] }))];
  return {
    ...bom,
    components: [],
    dependencies,
    metadata: { ...bom.metadata, component: { ...component, components } },
  };
}

function releaseText(all) {
  const [first, list, ...rest] = all,
    wasm = rest.filter(([file]) => file.endsWith('.wasm')),
    table = [first, list, ...wasm].map(([file, sum]) => `| ${file} | \`${sum}\` |`).join('\n');
  return `${sections[0].split('\n').slice(1).join('\n').trim()}

## Hashes

| file | SHA-256 |
| --- | --- |
${table}

SHA256SUMS has these and those of all files of dist/. The wasm was built again from the sources in the tarball, twice, with the same
bytes. The package depends on no other; ${list[0]} (CycloneDX) names what is a part of its files. SECURITY.md says how to check.
`;
}

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function npm(...args) {
  return execFileSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
}
