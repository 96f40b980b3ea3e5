// Run axe-core on a report in headless Chromium, at desktop and phone width, in light and dark; exit 1 on a violation.
//
//   node axe.mjs REPORT.html [FOLDER FOR PICTURES]
//
// `measure.sh` beside this file installs what it needs. Nothing here is part of the package.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const require = createRequire(resolve(process.env.AXE_MODULES ?? ".", "package.json"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [report, pictures] = process.argv.slice(2);
const views = [
  { name: "desktop", width: 1200, height: 900 },
  { name: "phone", width: 390, height: 844 },
];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
let violations = 0;
for (const view of views) {
  for (const scheme of ["light", "dark"]) {
    const page = await browser.newPage();
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.setBypassCSP(true); // for axe itself; the page runs no script
    await page.setViewport({ width: view.width, height: view.height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(`file://${resolve(report)}`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations", "incomplete"] }));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    const fetched = requests.filter((url) => !url.startsWith("file:")).length;
    console.log(
      `${view.name} ${scheme}: ${found.violations.length} violations, ${found.passes.length} rules passed, ` +
        `${found.incomplete.length} to look at, ${wide} px too wide, ${fetched} fetched from elsewhere`,
    );
    for (const rule of [...found.violations, ...found.incomplete]) {
      console.log(`  ${rule.id} (${rule.impact}): ${rule.help}, ${rule.nodes.length} places`);
      for (const node of rule.nodes.slice(0, 3)) console.log(`    ${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1] ?? ""}`);
    }
    violations += found.violations.length + (wide > 0 ? 1 : 0) + fetched;
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await page.evaluate(() => document.querySelectorAll("details.twin:not([data-open])").forEach((d) => (d.open = false)));
      await page.screenshot({ path: `${pictures}/${view.name}-${scheme}.png`, fullPage: true });
    }
    await page.close();
  }
}
await browser.close();
process.exit(violations ? 1 : 0);
