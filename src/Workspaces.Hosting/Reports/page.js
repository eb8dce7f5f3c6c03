"use strict";
// Data, words and what all parts of the page share. Texts from the data reach the page as text nodes only.
const data = JSON.parse(document.getElementById("data").textContent);
const kinds = [
  { name: "Activations", one: "activation", help: "kept for the way back" },
  { name: "Temporaries", one: "temporary", help: "needed by the next ops only" },
  { name: "Gradients", one: "gradient", help: "made on the way back" },
  { name: "Scratch", one: "scratch", help: "of kernels while they run" },
];
const stateWords = {
  learning: "served online while learning",
  planned: "ran on its plan",
  spilled: "spilled: blocks above the plan or outside the arena",
  shapes: "traced on shapes alone",
};
const state = { pass: 0, chosen: -1, hover: -1, shown: kinds.map(() => true), view: null, allLines: false };
let blocks = null;
const $ = id => document.getElementById(id);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function size(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let unit = 0, value = bytes;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return (unit === 0 || value >= 100 ? Math.round(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)) + " " + units[unit];
}

const whole = number => number.toLocaleString("en-US");
const exact = bytes => whole(bytes) + (bytes === 1 ? " byte" : " bytes");
const plural = (count, word) => whole(count) + " " + word + (count === 1 ? "" : "s");
const ratio = (a, b) => (a / b).toFixed(a / b < 1.095 && a !== b ? 3 : a / b < 9.95 ? 2 : 0) + "×";

function column(from, count, type, previous) {
  const values = new type(count);
  for (let i = 0; i < count; i++) values[i] = (Array.isArray(from) ? from[i] : from) + (previous && i > 0 ? values[i - 1] : 0);
  return values;
}

function decode(pass) {
  const raw = pass.blocks, n = raw.count;
  const made = {
    count: n,
    birth: column(raw.birth, n, Float64Array, true),
    bytes: column(raw.bytes, n, Float64Array),
    offset: column(raw.offset, n, Float64Array),
    kind: column(raw.kind, n, Uint8Array),
    unplanned: column(raw.unplanned, n, Uint8Array),
    outside: column(raw.outside, n, Uint8Array),
  };
  const life = column(raw.life, n, Float64Array), used = column(raw.used, n, Float64Array);
  made.death = made.birth.map((birth, i) => birth + life[i]);
  made.used = made.birth.map((birth, i) => birth + used[i]);
  for (let i = 0; i < n; i++) made.offset[i] *= raw.unit;
  for (const name of ["op", "name", "shape", "dtype", "part", "site"]) {
    const numbers = raw[name];
    made[name] = i => pass.texts[Array.isArray(numbers) ? numbers[i] : numbers];
  }
  made.held = made.bytes.map(bytes => Math.ceil(bytes / raw.unit) * raw.unit);
  sumUp(made, pass);
  return made;
}

// Without workspaces (WorkspaceMode None) each block has its own memory: nothing lies in an arena, and nothing was spilled.
const ownsMemory = pass => pass.state === "learning" && pass.outsideFrom < pass.top;

// Live bytes over time, the moment when they are most, and what is live then by kind.
function sumUp(made, pass) {
  const order = [];
  for (let i = 0; i < made.count; i++) order.push([made.birth[i], made.held[i]], [made.death[i], -made.held[i]]);
  order.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let live = 0, most = -1;
  made.live = [];
  for (let i = 0; i < order.length; i++) {
    live += order[i][1];
    if (i + 1 < order.length && order[i + 1][0] === order[i][0]) continue;
    made.live.push([order[i][0], live]);
    if (live > most) { most = live; made.peakTime = order[i][0]; }
  }
  made.totals = kinds.map(() => ({ count: 0, bytes: 0, atPeak: 0, spilled: 0 }));
  made.end = Math.max(1, pass.events);
  made.backward = Infinity;
  for (let i = 0; i < made.count; i++) {
    const total = made.totals[made.kind[i]];
    total.count++;
    total.bytes += made.held[i];
    if (!ownsMemory(pass)) total.spilled += made.outside[i];
    if (made.birth[i] <= made.peakTime && made.peakTime < made.death[i]) total.atPeak += made.held[i];
    made.end = Math.max(made.end, made.death[i]);
    if (made.kind[i] === 2) made.backward = Math.min(made.backward, made.birth[i]);
  }
}

function title(i) {
  return [blocks.part(i), blocks.op(i) || "block", blocks.name(i) && "“" + blocks.name(i) + "”"].filter(Boolean).join(" · ");
}

const kindOf = i => kinds[blocks.kind[i]].one + (blocks.outside[i] ? ownsMemory(data.passes[state.pass]) ? "" : ", spilled" : blocks.unplanned[i] ? ", above the plan" : "");

function factsOf(i) {
  const facts = [["kind", kindOf(i)]];
  const add = (word, text) => { if (text) facts.push([word, text]); };
  add("op", blocks.op(i));
  add("layer", blocks.part(i));
  add("name", blocks.name(i));
  add("shape", blocks.shape(i));
  add("type", blocks.dtype(i));
  facts.push(["size", size(blocks.bytes[i]) + (blocks.bytes[i] >= 1024 ? " (" + exact(blocks.bytes[i]) + ")" : "")]);
  facts.push(["lives", "event " + whole(blocks.birth[i]) + " to " + whole(blocks.death[i]) + " of " + whole(blocks.end)]);
  if (blocks.used[i] + 1 < blocks.death[i]) facts.push(["last used", "event " + whole(blocks.used[i])]);
  facts.push(["address", blocks.outside[i] ? ownsMemory(data.passes[state.pass]) ? "of its own" : "outside the arena" : "0x" + blocks.offset[i].toString(16)]);
  add("made at", blocks.site(i));
  return facts;
}

function choose(i, scroll) {
  state.chosen = i;
  showFacts();
  markRow();
  if (scroll && i >= 0) reveal(i);
  draw();
}

function showFacts() {
  const i = state.hover >= 0 ? state.hover : state.chosen, list = $("facts");
  list.replaceChildren();
  list.classList.toggle("empty", i < 0);
  if (i < 0) {
    const group = element("div");
    group.append(element("dt", "block"), element("dd", "point at one, or choose it with the keys"));
    list.append(group);
    return;
  }
  for (const [word, text] of factsOf(i)) {
    const group = element("div");
    group.append(element("dt", word), element("dd", text));
    list.append(group);
  }
}

function select(index) {
  state.pass = index;
  state.chosen = state.hover = -1;
  blocks = decode(data.passes[index]);
  [...$("tabs").children].forEach((tab, i) => {
    tab.setAttribute("aria-selected", String(i === index));
    tab.tabIndex = i === index ? 0 : -1;
  });
  resetView();
  showTiles();
  showLegend();
  showCompare();
  showLargest();
  showFacts();
  draw();
}

function showTabs() {
  data.passes.forEach((pass, i) => {
    const tab = element("button");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "panel");
    tab.append(element("span", pass.name), element("span", pass.plannedHere ? "planned here" : ownsMemory(pass) ? "own memory" : pass.state, "state"));
    tab.title = pass.plannedHere ? "planned for this picture" : ownsMemory(pass) ? "each block owned its memory" : stateWords[pass.state];
    tab.onclick = () => select(i);
    tab.onkeydown = event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (i + step + data.passes.length) % data.passes.length;
      select(next);
      $("tabs").children[next].focus();
      event.preventDefault();
    };
    $("tabs").append(tab);
  });
}

// page.html#block=12 points at a block, and #pass=2&block=12 at one of another pass; what is not there is said.
function follow() {
  const wanted = new URLSearchParams(location.hash.slice(1)), missing = [];
  const numbered = (word, count) => {
    const text = wanted.get(word);
    if (text === null) return -1;
    if (/^\d+$/.test(text) && Number(text) < count) return Number(text);
    missing.push("There is no " + word + " “" + text.slice(0, 40) + "”: they are numbered 0 to " + whole(count - 1) + (word === "block" ? " in this pass." : "."));
    return -1;
  };
  const pass = numbered("pass", data.passes.length);
  if (pass >= 0) select(pass);
  const block = missing.length > 0 ? -1 : numbered("block", blocks.count);
  $("notice").textContent = missing.join(" ");
  $("notice").hidden = missing.length === 0;
  if (block < 0) return;
  choose(block, true);
  pointAt(state.chosen);
}

document.addEventListener("DOMContentLoaded", () => {
  $("subtitle").textContent = data.subtitle;
  $("made").textContent = data.made;
  showTabs();
  attachPlot();
  showRuns();
  showCurves();
  showFindings();
  showMemory();
  showConfiguration();
  select(0);
  follow();
  addEventListener("hashchange", follow);
  document.body.dataset.ready = String(blocks.count);
});
