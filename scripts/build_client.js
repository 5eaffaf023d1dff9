/**
 * Builds the browser client: bundles server/client into server/client_build, which the server serves as it is.
 *
 *     node scripts/build_client.js [--root FOLDER] [--out FOLDER]
 *
 * pages/      one HTML page per route, and one per game for rooms
 * client/     scripts, style sheets and icons; a hash of the content is part of each name
 * root/       files with fixed addresses, such as /sw.js
 * build.json  the digest of the sources, by which the wheel and the tests know whether the build is up to date
 *
 * Texts under client/ and root/ stand there three times: plain, compressed with brotli (.br) and with gzip (.gz).
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { build } from "esbuild";

/** @typedef {Map<string, Uint8Array>} Files contents by path inside the build */
/** @typedef {import("esbuild").Metafile["outputs"]} Outputs */

const HERE = fileURLToPath(new URL("..", import.meta.url));
/** Where the server serves the files of client/. */
const ADDRESS = "/client/";
/** What decides the content of a build, besides server/client. */
const OTHER_SOURCES = ["package.json", "package-lock.json", "scripts/build_client.js"];
/**
 * What the first page and every room need. It becomes one file, because every other file imports all of it: esbuild makes
 * a file for each set of modules that the same entry points share, which would otherwise be dozens.
 */
const CORE = { folders: ["", "ui", "room", "faces"], files: ["proof/ensure.js"] };
/** The files of the pages that are loaded on demand, and the pages in each. All other pages are in the core. */
const PAGE_FILES = {
  "open-room": { source: "private/open.js", routes: ["open-room"] },
  proof: { source: "proof/page.js", routes: ["round"] },
  screen: { source: "screen/page.js", routes: ["screen"] },
  "account-area": {
    source: "pages/account_area.js",
    routes: [
      ...["account", "bets", "forgot", "game", "join", "join-code", "limits", "not-found", "reset"],
      ...["session", "sessions", "sign-in", "sign-up", "user", "verify", "wallet"],
    ],
  },
};
const TEXT = /\.(css|html|js|json|svg|txt|webmanifest)$/;

/** The paths of all files in a folder, sorted. @param {string} folder */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((file) => path.join(file.parentPath ?? file.path, file.name));
  return paths.map((file) => path.relative(folder, file).replaceAll(path.sep, "/")).sort();
}

/** @param {string | Uint8Array} content */
const digestOf = (content) => createHash("sha256").update(content).digest("hex");

/** The digest of the sources; scripts/wheel_hook.py computes the same. @param {string} root */
async function sourceDigest(root) {
  const client = (await filesIn(path.join(root, "server/client"))).map((file) => `server/client/${file}`);
  const lines = [...client, ...OTHER_SOURCES].map(
    async (file) => `${digestOf(await readFile(path.join(root, file)))} ${file}\n`,
  );
  return digestOf((await Promise.all(lines)).join(""));
}

/** @param {string} name @param {string | Uint8Array} content */
function hashed(name, content) {
  const { name: stem, ext } = path.parse(name);
  return `${stem}-${digestOf(content).slice(0, 8).toUpperCase()}${ext}`;
}

/** One build of the client, from the sources in `root`. */
class ClientBuild {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
    this.client = path.join(root, "server", "client");
    /** @type {Files} */
    this.files = new Map();
    /** The addresses of style sheets and icons by name. @type {Record<string, string>} */
    this.addresses = {};
    /** The addresses of the texts of languages other than English. @type {Record<string, string>} */
    this.languages = {};
    /** @type {Set<string>} */
    this.packages = new Set();
  }

  /** @returns {Promise<Files>} */
  async run() {
    this.games = (await readdir(path.join(this.client, "faces"), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
    await this.#styles();
    await this.#icons();
    await this.#languages();
    const outputs = await this.#scripts();
    await this.#licences();
    await this.#pages(outputs);
    return this.files;
  }

  /** @param {string} name @param {string | Uint8Array} content */
  #add(name, content) {
    this.files.set(name, typeof content === "string" ? Buffer.from(content) : content);
  }

  /** Add a file under a name with a hash. @param {string} name @param {string | Uint8Array} content */
  #addHashed(name, content) {
    const file = hashed(name, content);
    this.#add(`client/${file}`, content);
    this.addresses[name] = ADDRESS + file;
  }

  /** @param {import("esbuild").BuildOptions} options */
  async #esbuild(options) {
    const { outputFiles, metafile } = await build({
      absWorkingDir: this.root,
      outdir: path.join(this.root, "client"),
      bundle: true,
      minify: true,
      target: "es2022",
      entryNames: "[name]-[hash]",
      chunkNames: "[name]-[hash]",
      legalComments: "none",
      preserveSymlinks: true,
      metafile: true,
      write: false,
      logLevel: "error",
      ...options,
    });
    for (const input of Object.keys(metafile.inputs)) {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (name) this.packages.add(name);
    }
    return { outputFiles, outputs: metafile.outputs };
  }

  async #styles() {
    const faces = this.games.map((game) => [game, `./server/client/faces/${game}/face.css`]);
    const entryPoints = Object.fromEntries([["app", "./server/client/app.css"], ...faces]);
    const { outputFiles, outputs } = await this.#esbuild({ entryPoints });
    for (const { path: file, contents } of outputFiles) this.#add(`client/${path.basename(file)}`, contents);
    for (const [file, { entryPoint }] of Object.entries(outputs)) {
      const name = Object.keys(entryPoints).find((each) => entryPoints[each] === `./${entryPoint}`);
      this.addresses[`${name}.css`] = ADDRESS + path.basename(file);
    }
  }

  async #icons() {
    for (const file of await filesIn(path.join(this.client, "icons"))) {
      const content = await readFile(path.join(this.client, "icons", file));
      if (file === "favicon.ico") this.#add(`root/${file}`, content);
      else this.#addHashed(file, content);
    }
    const manifest = JSON.parse(await readFile(path.join(this.client, "app.webmanifest"), "utf8"));
    for (const icon of manifest.icons) icon.src = this.addresses[icon.src];
    this.#addHashed("app.webmanifest", JSON.stringify(manifest));
  }

  /**
   * The texts of every language but English, a file of each. They stand alone: the core waits for one of them before it runs
   * on, so they can import nothing from it.
   */
  async #languages() {
    const texts = await readdir(path.join(this.client, "texts"));
    const others = texts.map((file) => path.parse(file).name).filter((language) => language !== "en");
    const entryPoints = Object.fromEntries(others.map((each) => [each, `./server/client/texts/${each}.js`]));
    const { outputFiles, outputs } = await this.#esbuild({ entryPoints, format: "esm", charset: "utf8" });
    for (const { path: file, contents } of outputFiles) this.#add(`client/${path.basename(file)}`, contents);
    this.languages = Object.fromEntries(
      Object.entries(outputs).map(([file, { entryPoint }]) => [
        path.parse(entryPoint ?? "").name,
        ADDRESS + path.basename(file),
      ]),
    );
  }

  async #scripts() {
    const faces = this.games.map((game) => [game, `./server/client/faces/${game}/face.js`]);
    const rules = this.games
      .filter((game) => existsSync(path.join(this.client, "faces", game, "rules.js")))
      .map((game) => [`${game}-rules`, `./server/client/faces/${game}/rules.js`]);
    const pages = Object.entries(PAGE_FILES).map(([name, { source }]) => [name, `./server/client/${source}`]);
    const { outputFiles, outputs } = await this.#esbuild({
      entryPoints: Object.fromEntries([
        ["core", "client:core"],
        ["qr", "qr"],
        ["uplot", "uplot"],
        ...pages,
        ...faces,
        ...rules,
      ]),
      splitting: true,
      format: "esm",
      charset: "utf8",
      plugins: [this.#corePlugin()],
    });
    for (const { path: file, contents } of outputFiles) this.#add(`client/${path.basename(file)}`, contents);
    return outputs;
  }

  /** Lets every entry point import the core, and tells styles.js where the style sheets are. */
  #corePlugin() {
    const styles = Object.fromEntries(this.games.map((game) => [game, this.addresses[`${game}.css`]]));
    /** @type {Set<string>} */
    const entries = new Set();
    return {
      name: "core",
      setup: (/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad, resolve }) => {
        onResolve({ filter: /\/texts\/\w+\.js$/ }, ({ path: file, kind }) =>
          kind === "dynamic-import" ? { path: this.languages[path.parse(file).name], external: true } : undefined,
        );
        onResolve({ filter: /^client:core$/ }, () => ({ path: "core", namespace: "client" }));
        onResolve({ filter: /.*/ }, async (args) => {
          if (args.kind !== "entry-point" || args.pluginData === "resolving") return undefined;
          const found = await resolve(args.path, {
            kind: "entry-point",
            resolveDir: this.root,
            pluginData: "resolving",
          });
          entries.add(found.path);
          return found;
        });
        onLoad({ filter: /.*/, namespace: "client" }, async () => ({
          contents: (await this.#coreFiles()).map((file) => `import "./${file}";\n`).join(""),
          resolveDir: this.client,
        }));
        onLoad({ filter: /\.m?js$/ }, async (args) => {
          if (args.path === path.join(this.client, "styles.js"))
            return { contents: `export const STYLES = ${JSON.stringify(styles)};` };
          if (!entries.has(args.path)) return undefined;
          return { contents: `import "client:core";\n${await readFile(args.path, "utf8")}` };
        });
      },
    };
  }

  async #coreFiles() {
    const listed = CORE.folders.map(async (folder) =>
      (await readdir(path.join(this.client, folder)))
        .filter((file) => file.endsWith(".js"))
        .map((file) => path.posix.join(folder, file)),
    );
    return ["app.js", ...(await Promise.all(listed)).flat().sort(), ...CORE.files];
  }

  /** The licences of the packages that the bundle contains parts of. */
  async #licences() {
    const texts = [...this.packages].sort().map(async (name) => {
      const folder = path.join(this.root, "node_modules", name);
      const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
      if (!file) throw new Error(`the package ${name} has no licence file`);
      return `${name}\n\n${(await readFile(path.join(folder, file), "utf8")).trim()}\n`;
    });
    this.#add("root/licences.txt", (await Promise.all(texts)).join(`\n${"-".repeat(72)}\n\n`));
  }

  /** The pages, and what has to know all other files: the service worker and the build's id. @param {Outputs} outputs */
  async #pages(outputs) {
    const template = await readFile(path.join(this.client, "index.html"), "utf8");
    const [{ ROUTES }, { skeletonOf }, { offlinePage }, { KEY, languageFor }] = await Promise.all(
      ["routes.js", "skeletons.js", "worker/offline_page.js", "language.js"].map(
        (file) => import(pathToFileURL(path.join(this.client, file)).href),
      ),
    );
    const chunks = new Chunks(outputs);
    this.files.delete(`client/${chunks.stub}`);
    const worker = await this.#serviceWorker();
    const skeletons = [...["lobby", "room", "other"].map((name) => skeletonOf(name)), offlinePage];
    const language = this.#languageScript(KEY, languageFor);
    const id = digestOf([...this.files.keys(), template, language, worker, ...skeletons].join("\n")).slice(0, 12);
    const shell = [chunks.core, this.addresses["app.css"], this.addresses["icon.svg"]];
    const style = (/** @type {string} */ name) => `<link rel="stylesheet" href="${this.addresses[name]}" />`;
    const icon = `<link rel="icon" href="${this.addresses["icon.svg"]}" type="image/svg+xml" />`;
    const page = (/** @type {string} */ content, /** @type {string[]} */ links) =>
      template
        .replace("/* the language */", () => language)
        .replace('name="croupier-build" content=""', `name="croupier-build" content="${id}"`)
        .replace("<!-- skeleton -->", () => content)
        .replace("<!-- links -->", links.join("\n    "));
    const live = (/** @type {string} */ skeleton, /** @type {string[]} */ modules, /** @type {string[]} */ styles) =>
      page(skeletonOf(skeleton), [
        ...["app.css", ...styles].map(style),
        `<script type="module" src="${chunks.core}"></script>`,
        ...modules.map((address) => `<link rel="modulepreload" href="${address}" />`),
        icon,
        `<link rel="apple-touch-icon" href="${this.addresses["icon-180.png"]}" />`,
        `<link rel="manifest" href="${this.addresses["app.webmanifest"]}" />`,
      ]);
    for (const route of [...Object.keys(ROUTES), "not-found"]) {
      const file = Object.keys(PAGE_FILES).find((each) => PAGE_FILES[each].routes.includes(route));
      const modules = file ? chunks.closure(`server/client/${PAGE_FILES[file].source}`) : [];
      this.#add(`pages/${route}.html`, live(route, modules, []));
    }
    for (const game of this.games) {
      const modules = chunks.closure(`server/client/faces/${game}/face.js`);
      this.#add(`pages/room-${game}.html`, live("room", modules, [`${game}.css`]));
    }
    this.#add("root/offline.html", page(offlinePage, [style("app.css"), icon]));
    this.#add("root/sw.js", `self.BUILD=${JSON.stringify(id)};self.SHELL=${JSON.stringify(shell)};${worker}`);
    this.#add("root/version.json", JSON.stringify({ build: id }));
  }

  /**
   * Sets the page's language before anything of it shows, and loads its texts beside the core, which would ask for them only
   * when it runs. It is the same in every page, as the server allows one inline script.
   * @param {string} key @param {Function} languageFor
   */
  #languageScript(key, languageFor) {
    const known = JSON.stringify(["en", ...Object.keys(this.languages)]);
    return `{
        let chosen = null;
        try {
          chosen = localStorage.getItem(${JSON.stringify(key)});
        } catch {}
        ${String(languageFor).replaceAll("\n", "\n        ")}
        const language = languageFor(chosen, navigator.languages, ${known});
        document.documentElement.lang = language;
        const texts = ${JSON.stringify(this.languages)}[language];
        const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href: texts });
        if (texts) document.head.append(link);
      }`;
  }

  async #serviceWorker() {
    const { outputFiles } = await this.#esbuild({
      entryPoints: ["./server/client/worker/service_worker.js"],
      format: "iife",
    });
    return outputFiles[0].text;
  }
}

/** The scripts that esbuild wrote, and which of them import which. */
class Chunks {
  /** @param {Outputs} outputs */
  constructor(outputs) {
    this.outputs = outputs;
    const stub = this.#outputOf("client:core");
    const [core, ...others] = this.#imported(stub);
    if (!core || others.length) throw new Error("the core of the client is not one file");
    this.stub = path.basename(stub);
    this.core = ADDRESS + path.basename(core);
  }

  /** The addresses of the scripts that a source file needs, besides the core. @param {string} source */
  closure(source) {
    const found = [this.#outputOf(source)];
    for (const output of found) found.push(...this.#imported(output).filter((other) => !found.includes(other)));
    return found.map((output) => ADDRESS + path.basename(output)).filter((address) => address !== this.core);
  }

  /** @param {string} source */
  #outputOf(source) {
    const found = Object.keys(this.outputs).find((output) => this.outputs[output].entryPoint === source);
    if (!found) throw new Error(`esbuild wrote nothing for ${source}`);
    return found;
  }

  /** @param {string} output */
  #imported(output) {
    return this.outputs[output].imports.filter(({ kind }) => kind === "import-statement").map((other) => other.path);
  }
}

/** Write the files and their compressed forms. A reader finds the earlier build or the new one, never a part. @param {Files} files @param {string} out */
async function write(files, out) {
  const fresh = `${out}.new`;
  await rm(fresh, { recursive: true, force: true });
  for (const [name, content] of files) {
    const file = path.join(fresh, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    if (!/^(client|root)\//.test(name) || !TEXT.test(name)) continue;
    await writeFile(`${file}.br`, await promisify(brotliCompress)(content));
    await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
  }
  await rm(out, { recursive: true, force: true });
  await rename(fresh, out);
}

const { values } = parseArgs({ options: { root: { type: "string", default: HERE }, out: { type: "string" } } });
const root = path.resolve(values.root);
const files = await new ClientBuild(root).run();
files.set("build.json", Buffer.from(JSON.stringify({ sources: await sourceDigest(root) })));
await write(files, path.resolve(values.out ?? path.join(root, "server", "client_build")));
