// Prints as JSON the errors and warnings of AsyncAPI's own parser about the file that is named on the command line.
import { readFile } from "node:fs/promises";
import { argv } from "node:process";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(await readFile(argv[2], "utf8"));
const found = diagnostics.filter(({ severity }) => severity <= DiagnosticSeverity.Warning);
const complaints = found.map(({ code, message, path }) => `${path.join("/")}: ${message} (${code})`);
if (!document && !complaints.length) complaints.push("It is no AsyncAPI document.");
console.log(JSON.stringify(complaints));
