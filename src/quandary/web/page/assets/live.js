// The live part of a case's page: news from the server are put in place, moves are sent, what is asked for is fetched.
import { fill, patch } from "./patch.js";

const body = document.body;
const named = body.dataset.case;
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- news -------------------------------------------------------------------------------------------------------
let stamp = body.dataset.stamp;
let phase = "";

function follow() {
  const source = new EventSource(`/case/events?case=${encodeURIComponent(named)}&since=${stamp}`);
  source.onopen = () => { $("#lost").hidden = true; body.dataset.live = "yes"; };
  source.onmessage = (told) => {
    stamp = told.lastEventId;
    take(JSON.parse(told.data));
  };
  source.onerror = () => {
    $("#lost").hidden = false;
    body.dataset.live = "no";
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 1000);
  };
}

function take(parts) {
  if (body.dataset.ready === "no") {
    if (parts.answer) location.reload();
    if (parts.status) patch("status", parts.status);
    if (parts.banner) patch("banner", parts.banner);
    return;
  }
  for (const [id, html] of Object.entries(parts)) patch(id, html);
  const held = $("#status");
  if (held && held.dataset.phase !== phase) {
    phase = held.dataset.phase;
    if (phase === "settled") settled();
  }
  tune();
}

function settled() {
  for (const place of $$("[data-card]")) if (place.firstElementChild) card(place.dataset.card);
  if ($("#diagram svg")) part("diagram").then((html) => fill($("#diagram"), html));
  const node = $("#node [data-shown]");
  if (node) part("node", node.dataset.shown).then((html) => patch("node", html));
}

async function part(kind, name = "") {
  const answer = await fetch(`/case/part?${new URLSearchParams({ case: named, kind, name })}`);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

// --- moves ------------------------------------------------------------------------------------------------------
let sending = false;
let waiting = null;

async function send(path, given) {
  if (sending) {
    if (path === "/case/move" && waiting && waiting.given.gesture !== given.gesture) await waiting.done;
    else if (waiting) { waiting.path = path; waiting.given = given; return; }
    let done;
    waiting = { path, given, done: new Promise((resolve) => { done = resolve; }) };
    waiting.end = done;
    return;
  }
  sending = true;
  body.dataset.busy = "yes";
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ case: named, ...given }),
    });
    const found = await answer.json();
    if (found.version) body.dataset.version = found.version;
    say(answer.ok ? (found.saved ? `Saved: ${found.saved.join(", ") || "nothing to save"}.` : "") : faults(found));
  } catch {
    say("The server does not answer. Nothing is lost: try again.");
  } finally {
    sending = false;
    body.dataset.busy = waiting ? "yes" : "no";
    if (waiting) {
      const next = waiting;
      waiting = null;
      send(next.path, next.given).finally(next.end);
    }
  }
}

function faults(found) {
  return (found.problems || []).map((one) => `${one.message}${one.hint ? `: ${one.hint}` : ""}`).join(" ") || "It was not done.";
}

function say(text) {
  const place = $("#said");
  if (place && place.textContent !== text) place.textContent = text;
}

// One gesture, as a drag from press to release, is one move that one undo takes back.
let gesture = 0;
let pressed = false;
document.addEventListener("pointerdown", () => { gesture += 1; pressed = true; });
for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, () => { pressed = false; });
document.addEventListener("focusin", () => { if (!pressed) gesture += 1; });

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.number !== undefined && field.type === "range") {
    field.closest(".sl").classList.add("on");
    send("/case/move", { move: { number: field.dataset.number, at: Number(field.value) }, gesture: `${field.id}-${gesture}` });
  } else if (field.id === "days") {
    const select = $("#day");
    select.selectedIndex = Number(field.value);
    send("/case/move", { move: { kind: "evidence_day", day: select.value }, gesture: `days-${gesture}` });
  } else if (field.closest(".flt")) {
    filter();
  } else if (field.closest("#find-number")) {
    const words = field.value.toLowerCase();
    for (const one of $$("#numbers > li")) one.hidden = !one.dataset.search.toLowerCase().includes(words);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const path = new URL(form.action).pathname;
  if (form.classList.contains("flt")) {
    event.preventDefault();
    filter();
  } else if (path === "/case/diff") {
    event.preventDefault();
    fill($("#diff-place"), await part("diff"));
  } else if (form.method === "post" && path.startsWith("/case/")) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    delete given.case;
    if (path !== "/case/move") fill($("#diff-place"), "");
    send(path, given);
  }
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=range]), select, textarea");
  if (event.key === "z" && (event.ctrlKey || event.metaKey) && !typing) {
    event.preventDefault();
    send("/case/undo", {});
  }
  const node = event.target.closest("#diagram [data-node]");
  if (node && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    show(node.dataset.node);
  }
});

// --- claims -----------------------------------------------------------------------------------------------------
function address(changes) {
  const now = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) value ? now.searchParams.set(name, value) : now.searchParams.delete(name);
  now.hash = "";
  history.replaceState(null, "", now);
}

function filter() {
  const form = $(".flt");
  const { search, speaker, verdict } = Object.fromEntries(new FormData(form));
  let shown = 0;
  for (const item of $$(".list > li")) {
    const row = $(".rw", item);
    const kept =
      (!speaker || row.dataset.speaker === speaker) &&
      (!verdict || row.dataset.verdict.split(" ").includes(verdict)) &&
      (!search || row.textContent.toLowerCase().includes(search.toLowerCase()));
    item.hidden = !kept;
    shown += kept;
  }
  $("#shown-count").textContent = `${shown} of ${$$(".list > li").length} shown.`;
  address({ search, speaker, verdict });
}

async function card(name) {
  const place = $(`[data-card="${CSS.escape(name)}"]`);
  fill(place, await part("card", name));
  place.dataset.whole = "";
  const whole = await part("ladder", name);
  if (whole && place.firstElementChild) fill(place, whole);
}

async function toggle(row, open) {
  const name = row.dataset.claim;
  const place = $(`[data-card="${CSS.escape(name)}"]`);
  const opened = place.firstElementChild !== null;
  if (open === opened) return;
  row.setAttribute("aria-expanded", String(!opened));
  address({ claim: opened ? "" : name });
  if (opened) fill(place, "");
  else await card(name);
}

// --- diagram ----------------------------------------------------------------------------------------------------
async function show(name) {
  patch("node", await part("node", name));
  for (const one of $$("#diagram .cur")) one.classList.remove("cur");
  $(`#diagram [data-node="${CSS.escape(name)}"]`)?.classList.add("cur");
  address({ node: name });
}

function arcs(node) {
  const drawing = $("#diagram svg");
  if (!drawing) return;
  drawing.classList.toggle("foc", Boolean(node));
  for (const one of $$(".arc.on", drawing)) one.classList.remove("on");
  if (node) for (const one of $$(`.arc.${node.dataset.n}`, drawing)) one.classList.add("on");
}

for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => arcs(event.target.closest?.("#diagram [data-node]")));
}

document.addEventListener("click", async (event) => {
  const row = event.target.closest("a.rw");
  const badge = event.target.closest("a.ch, .card a[href^='#text-']");
  const node = event.target.closest("[data-node]");
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (row) {
    event.preventDefault();
    await toggle(row);
  } else if (badge && badge.dataset.claim) {
    event.preventDefault();
    const found = document.getElementById(`row-${badge.dataset.claim}`);
    found.closest("li").hidden = false;
    await toggle(found, true);
    found.scrollIntoView({ block: "nearest" });
    found.focus({ preventScroll: true });
  } else if (node) {
    event.preventDefault();
    await show(node.dataset.node);
  } else if (event.target.closest("#all-numbers")) {
    event.preventDefault();
    fill($("#numbers"), await part("numbers"));
    $("#find-number").hidden = false;
    tune();
  }
});

// --- what only a script can do ----------------------------------------------------------------------------------
function tune() {
  for (const row of $$("a.rw:not([aria-expanded])")) {
    row.setAttribute("aria-expanded", String($(`[data-card="${CSS.escape(row.dataset.claim)}"]`).firstElementChild !== null));
  }
  const days = $("#days");
  if (days) days.hidden = false;
}

if (named) {
  body.dataset.script = "yes";
  const said = document.createElement("p");
  said.id = "said";
  said.className = "said";
  said.setAttribute("role", "alert");
  ($("#diff-place") ?? $("#main")).before(said);
  phase = $("#status")?.dataset.phase ?? "";
  if (phase === "settled" && body.dataset.ready === "yes") for (const place of $$("[data-card]")) if (place.firstElementChild) card(place.dataset.card);
  tune();
  const drawing = $("#diagram");
  if (drawing && !$("svg", drawing)) {
    new IntersectionObserver(async (seen, watching) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watching.disconnect();
      fill(drawing, await part("diagram"));
    }, { rootMargin: "400px" }).observe(drawing);
  }
  follow();
}
