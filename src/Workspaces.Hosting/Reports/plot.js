// The picture: blocks as rectangles on a canvas, with zoom, pan, hover and keys.
const gutter = { left: 64, right: 142, top: 20, bottom: 24 };
let colors = null, pending = false, labelled = [];

function readColors() {
  const style = getComputedStyle(document.documentElement), get = name => style.getPropertyValue(name).trim();
  colors = {
    paper: get("--paper"), ink: get("--ink"), soft: get("--soft"), line: get("--line"), edge: get("--edge"), card: get("--card"),
    good: get("--good"), spilled: get("--spilled"), fill: kinds.map((_, k) => get("--k" + k)), text: kinds.map((_, k) => get("--t" + k)),
  };
}

function linesOf(pass) {
  return [
    { name: "lower bound", bytes: pass.lowerBound, color: colors.good, dash: [2, 3] },
    { name: "plan", bytes: spilledOf(pass) > 0 ? null : pass.planPeak, color: colors.good, dash: [] },
    { name: "arena", bytes: spilledOf(pass) > 0 ? pass.arenaTop : null, color: colors.spilled, dash: [] },
    { name: "with spill", bytes: spilledOf(pass) > 0 ? pass.top : null, color: colors.spilled, dash: [2, 3] },
    { name: "best fit", bytes: pass.bestFit, color: colors.soft, dash: [7, 4] },
    { name: "caching", bytes: pass.caching, color: colors.soft, dash: [7, 4] },
    { name: "bump", bytes: pass.bump, color: colors.soft, dash: [7, 4] },
  ].filter(line => line.bytes !== null);
}

function resetView() {
  const pass = data.passes[state.pass];
  if (!colors) readColors();
  let top = Math.max(pass.top, pass.planPeak ?? 0, pass.lowerBound);
  const near = top * 1.4;
  for (const line of linesOf(pass)) if (state.allLines || line.bytes <= near) top = Math.max(top, line.bytes);
  state.view = { from: 0, to: blocks.end, low: 0, high: top * 1.03 || 1 };
}

function frame() {
  const canvas = $("plot");
  return { width: canvas.clientWidth - gutter.left - gutter.right, height: canvas.clientHeight - gutter.top - gutter.bottom };
}

const xOf = (time, area) => gutter.left + (time - state.view.from) / (state.view.to - state.view.from) * area.width;
const yOf = (byte, area) => gutter.top + area.height - (byte - state.view.low) / (state.view.high - state.view.low) * area.height;

function draw() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; paint(); });
}

function paint() {
  const canvas = $("plot"), scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const ink = canvas.getContext("2d"), area = frame();
  ink.setTransform(scale, 0, 0, scale, 0, 0);
  ink.clearRect(0, 0, width, height);
  ink.font = "11px system-ui, sans-serif";
  paintAxes(ink, area);
  ink.save();
  ink.beginPath();
  ink.rect(gutter.left, gutter.top, area.width, area.height);
  ink.clip();
  const pass = data.passes[state.pass], ground = yOf(pass.outsideFrom, area);
  ink.fillStyle = colors.spilled;
  ink.globalAlpha = .13; // what lies above the arena was spilled
  if (spilledOf(pass) > 0) ink.fillRect(gutter.left, yOf(pass.top, area), area.width, ground - yOf(pass.top, area));
  paintBlocks(ink, area);
  paintPhases(ink, area);
  paintLive(ink, area);
  for (const { i, x, y, w, h } of labelled) label(ink, i, blocks.kind[i], x, y, w, h);
  ink.restore();
  paintLines(ink, area);
  for (const i of [state.chosen, state.hover]) if (i >= 0) outline(ink, area, i);
  canvas.dataset.painted = String(Number(canvas.dataset.painted || 0) + 1);
}

function paintAxes(ink, area) {
  ink.strokeStyle = colors.line;
  ink.fillStyle = colors.soft;
  ink.lineWidth = 1;
  ink.textAlign = "right";
  ink.textBaseline = "middle";
  for (const byte of byteTicks(state.view.low, state.view.high, area.height / 46)) {
    const y = Math.round(yOf(byte, area)) + .5;
    ink.beginPath();
    ink.moveTo(gutter.left, y);
    ink.lineTo(gutter.left + area.width, y);
    ink.stroke();
    ink.fillText(size(byte), gutter.left - 7, y);
  }
  ink.textAlign = "center";
  ink.textBaseline = "top";
  for (const time of ticks(state.view.from, state.view.to, area.width / 90)) ink.fillText(whole(time), xOf(time, area), gutter.top + area.height + 7);
}

// Powers of two and their halves, so that labels are round numbers of KiB, MiB, …
function byteTicks(low, high, most) {
  let step = 64;
  while ((high - low) / step > most) step *= 2;
  const found = [];
  for (let byte = Math.ceil(low / step) * step; byte <= high; byte += step) found.push(byte);
  return found;
}

function ticks(low, high, most) {
  let step = Math.pow(10, Math.floor(Math.log10(Math.max((high - low) / most, 1e-9))));
  for (const factor of [1, 2, 5, 10]) if ((high - low) / (step * factor) <= most) { step *= factor; break; }
  step = Math.max(step, 1);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

function box(i, area) {
  const x = xOf(blocks.birth[i], area), y = yOf(blocks.offset[i] + blocks.held[i], area);
  return { x, y, w: xOf(blocks.death[i], area) - x, h: yOf(blocks.offset[i], area) - y };
}

function paintBlocks(ink, area) {
  const { from, to, low, high } = state.view;
  labelled = [];
  for (let i = 0; i < blocks.count; i++) {
    if (blocks.death[i] < from || blocks.birth[i] > to || blocks.offset[i] > high || blocks.offset[i] + blocks.held[i] < low) continue;
    const kind = blocks.kind[i], { x, y, w, h } = box(i, area), shown = state.shown[kind];
    ink.fillStyle = colors.fill[kind];
    ink.globalAlpha = shown ? 1 : .12;
    if (w < 3 || h < 3) {
      ink.fillRect(x, y, Math.max(w, .6), Math.max(h, .6));
      continue;
    }
    const idle = xOf(Math.min(blocks.used[i] + 1, blocks.death[i]), area);
    ink.fillRect(x, y, idle - x, h);
    if (idle < x + w) {
      ink.globalAlpha = shown ? .55 : .08;
      ink.fillRect(idle, y, x + w - idle, h);
    }
    ink.globalAlpha = shown ? 1 : .12;
    ink.strokeStyle = colors.edge;
    ink.lineWidth = 1;
    ink.strokeRect(x + .5, y + .5, w - 1, h - 1);
    if (blocks.unplanned[i]) hatch(ink, x, y, w, h, kind);
    if (h >= 14 && idle - x >= 26 && shown) labelled.push({ i, x, y, w: idle - x, h });
  }
  ink.globalAlpha = 1;
}

function hatch(ink, x, y, w, h, kind) {
  ink.save();
  ink.beginPath();
  ink.rect(x, y, w, h);
  ink.clip();
  ink.strokeStyle = colors.text[kind];
  ink.beginPath();
  const first = Math.max(x - h, gutter.left - h), last = Math.min(x + w, gutter.left + frame().width);
  for (let at = first; at < last; at += 7) { ink.moveTo(at, y + h); ink.lineTo(at + h, y); }
  ink.stroke();
  ink.restore();
}

// The longest description that fits inside the part of the block that is in sight.
function label(ink, i, kind, x, y, w, h) {
  const left = Math.max(x, gutter.left), right = Math.min(x + w, gutter.left + frame().width), room = right - left - 9;
  const shape = blocks.shape(i), part = blocks.part(i), bytes = size(blocks.bytes[i]);
  const op = part && part.toLowerCase().endsWith(" " + blocks.op(i).toLowerCase()) ? "" : blocks.op(i);
  const tries = [[part, op, shape, bytes], [part, op, shape], [part, op], [op || part, shape], [op || part], [bytes]];
  for (const words of tries) {
    const text = words.filter(Boolean).join(" · ");
    if (!text || text.length * 5 > room || ink.measureText(text).width > room) continue;
    ink.textAlign = "left";
    ink.textBaseline = "middle";
    ink.fillStyle = colors.fill[kind];
    if (blocks.unplanned[i]) ink.fillRect(left + 1, y + h / 2 - 7.5, ink.measureText(text).width + 6, 15); // hatching would run through the words
    ink.strokeStyle = colors.fill[kind]; // a line may run behind the words
    ink.lineWidth = 3;
    ink.lineJoin = "round";
    ink.strokeText(text, left + 4, y + h / 2 + .5);
    ink.fillStyle = colors.text[kind];
    ink.fillText(text, left + 4, y + h / 2 + .5);
    return;
  }
}

function paintLive(ink, area) {
  ink.strokeStyle = colors.ink;
  ink.lineWidth = 1.3;
  ink.globalAlpha = .8;
  ink.beginPath();
  let level = 0, x = gutter.left;
  ink.moveTo(x, yOf(0, area));
  for (const [time, live] of blocks.live) {
    if (time < state.view.from) { level = live; continue; }
    if (time > state.view.to) break;
    x = xOf(time, area);
    ink.lineTo(x, yOf(level, area));
    ink.lineTo(x, yOf(live, area));
    level = live;
  }
  ink.stroke();
  ink.globalAlpha = 1;
}

function paintPhases(ink, area) {
  if (!isFinite(blocks.backward)) return;
  const x = xOf(blocks.backward, area);
  ink.strokeStyle = colors.ink;
  ink.globalAlpha = .6;
  ink.lineWidth = 1;
  ink.setLineDash([3, 4]);
  ink.beginPath();
  ink.moveTo(x, gutter.top);
  ink.lineTo(x, gutter.top + area.height);
  ink.stroke();
  ink.setLineDash([]);
  ink.globalAlpha = 1;
}

// Lines at their heights; their words in the right margin, moved apart where they would touch.
function paintLines(ink, area) {
  const right = gutter.left + area.width, bottom = gutter.top + area.height;
  const words = linesOf(data.passes[state.pass]).map(line => ({ ...line, y: yOf(line.bytes, area) })).sort((a, b) => b.bytes - a.bytes);
  for (const line of words) {
    line.above = line.y < gutter.top - 1;
    line.below = line.y > bottom + 1;
    line.at = Math.min(Math.max(line.y, gutter.top + 7), bottom - 7);
    if (line.above || line.below) continue;
    ink.strokeStyle = line.color;
    ink.lineWidth = line.name === "plan" ? 1.8 : 1.3;
    ink.setLineDash(line.dash);
    ink.beginPath();
    ink.moveTo(gutter.left, line.y);
    ink.lineTo(right, line.y);
    ink.stroke();
  }
  ink.setLineDash([]);
  for (let i = 1; i < words.length; i++) words[i].at = Math.max(words[i].at, words[i - 1].at + 15);
  for (let i = words.length - 1, limit = bottom - 7; i >= 0; i--, limit = words[i + 1].at - 15) words[i].at = Math.min(words[i].at, limit);
  ink.textAlign = "left";
  ink.textBaseline = "middle";
  for (const line of words) {
    ink.strokeStyle = ink.fillStyle = line.color;
    ink.lineWidth = 1;
    if (!line.above && !line.below) {
      ink.beginPath();
      ink.moveTo(right, line.y);
      ink.lineTo(right + 8, line.at);
      ink.stroke();
    }
    ink.fillText((line.above ? "↑ " : line.below ? "↓ " : "") + line.name + " " + size(line.bytes), right + 11, line.at);
  }
  if (isFinite(blocks.backward)) {
    const x = xOf(blocks.backward, area);
    ink.fillStyle = colors.soft;
    ink.textBaseline = "bottom";
    ink.textAlign = "right";
    if (x > gutter.left + 70 && x < right) ink.fillText("forward ◂", x - 4, gutter.top - 4);
    ink.textAlign = "left";
    if (x > gutter.left && x < right - 70) ink.fillText("▸ backward", x + 4, gutter.top - 4);
  }
}

function outline(ink, area, i) {
  const { x, y, w, h } = box(i, area), left = Math.max(x, gutter.left), top = Math.max(y, gutter.top);
  const right = Math.min(x + Math.max(w, 2), gutter.left + area.width), bottom = Math.min(y + Math.max(h, 2), gutter.top + area.height);
  if (right <= left || bottom <= top) return;
  ink.strokeStyle = colors.paper;
  ink.lineWidth = 4;
  ink.strokeRect(left, top, right - left, bottom - top);
  ink.strokeStyle = colors.ink;
  ink.lineWidth = 2;
  ink.strokeRect(left, top, right - left, bottom - top);
}

function hit(x, y) {
  const area = frame(), { from, to, low, high } = state.view;
  if (x < gutter.left || x > gutter.left + area.width || y < gutter.top || y > gutter.top + area.height) return -1;
  const time = from + (x - gutter.left) / area.width * (to - from), byte = low + (gutter.top + area.height - y) / area.height * (high - low);
  for (let i = blocks.count - 1; i >= 0; i--) {
    if (blocks.birth[i] <= time && time < blocks.death[i] && blocks.offset[i] <= byte && byte < blocks.offset[i] + blocks.held[i] && state.shown[blocks.kind[i]]) return i;
  }
  return -1;
}

function pointAt(i) {
  const { x, y, w, h } = box(i, frame());
  state.hover = i;
  showTip(x + w / 2, y + h / 2);
  state.hover = -1;
}

function showTip(x, y) {
  const tip = $("tip"), i = state.hover;
  tip.hidden = i < 0;
  if (i < 0) return;
  tip.replaceChildren(element("b", title(i)));
  for (const text of [
    [blocks.dtype(i), blocks.shape(i), size(blocks.bytes[i])].filter(Boolean).join(" "),
    kindOf(i) + ", event " + whole(blocks.birth[i]) + " to " + whole(blocks.death[i]),
    blocks.site(i) && "made at " + blocks.site(i),
  ]) if (text) tip.append(element("span", text));
  const stage = $("stage");
  tip.style.left = Math.max(4, Math.min(x + 14, stage.clientWidth - tip.offsetWidth - 6)) + "px";
  tip.style.top = (y + 18 + tip.offsetHeight > stage.clientHeight ? Math.max(2, y - tip.offsetHeight - 10) : y + 18) + "px";
}

function zoom(factor, x, y) {
  const area = frame(), view = state.view;
  const time = view.from + (x - gutter.left) / area.width * (view.to - view.from), byte = view.low + (gutter.top + area.height - y) / area.height * (view.high - view.low);
  setView(time - (time - view.from) * factor, (view.to - view.from) * factor, byte - (byte - view.low) * factor, (view.high - view.low) * factor);
}

function setView(from, span, low, rise) {
  const pass = data.passes[state.pass];
  const tallest = Math.max(...linesOf(pass).map(line => line.bytes), pass.top) * 1.1;
  span = Math.min(Math.max(span, 2), blocks.end);
  rise = Math.min(Math.max(rise, 256), tallest);
  from = Math.min(Math.max(from, 0), blocks.end - span);
  low = Math.min(Math.max(low, 0), tallest - rise);
  state.view = { from, to: from + span, low, high: low + rise };
  draw();
}

function pan(dx, dy) {
  const view = state.view;
  setView(view.from + dx * (view.to - view.from), view.to - view.from, view.low + dy * (view.high - view.low), view.high - view.low);
}

function reveal(i) {
  const view = state.view;
  if (blocks.birth[i] < view.to && blocks.death[i] > view.from && blocks.offset[i] < view.high && blocks.offset[i] + blocks.held[i] > view.low) return;
  const span = Math.max(view.to - view.from, (blocks.death[i] - blocks.birth[i]) * 1.2), rise = Math.max(view.high - view.low, blocks.held[i] * 1.2);
  setView((blocks.birth[i] + blocks.death[i] - span) / 2, span, blocks.offset[i] + (blocks.held[i] - rise) / 2, rise);
}

// The nearest block above or below the chosen one that is live when that is born.
function neighbour(up) {
  const at = state.chosen, time = blocks.birth[at];
  let best = -1;
  for (let i = 0; i < blocks.count; i++) {
    if (i === at || blocks.birth[i] > time || blocks.death[i] <= time) continue;
    const above = blocks.offset[i] > blocks.offset[at];
    if (above !== up) continue;
    if (best < 0 || (up ? blocks.offset[i] < blocks.offset[best] : blocks.offset[i] > blocks.offset[best])) best = i;
  }
  return best < 0 ? at : best;
}

function onKey(event) {
  const middle = [gutter.left + frame().width / 2, gutter.top + frame().height / 2], moves = { ArrowLeft: [-.15, 0], ArrowRight: [.15, 0], ArrowUp: [0, .15], ArrowDown: [0, -.15] };
  if (event.key in moves && event.shiftKey) pan(...moves[event.key]);
  else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const step = event.key === "ArrowRight" ? 1 : -1;
    choose(state.chosen < 0 ? 0 : (state.chosen + step + blocks.count) % blocks.count, true);
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") choose(state.chosen < 0 ? 0 : neighbour(event.key === "ArrowUp"), true);
  else if (event.key === "+" || event.key === "=") zoom(.7, ...middle);
  else if (event.key === "-") zoom(1 / .7, ...middle);
  else if (event.key === "0" || event.key === "Home") { resetView(); draw(); }
  else if (event.key === "a" || event.key === "A") toggleLines();
  else if (event.key === "Escape") choose(-1);
  else return;
  event.preventDefault();
}

function toggleLines() {
  state.allLines = !state.allLines;
  $("lines").setAttribute("aria-pressed", String(state.allLines));
  resetView();
  draw();
}

function attachPlot() {
  const canvas = $("plot");
  let drag = null;
  canvas.onpointermove = event => {
    const x = event.offsetX, y = event.offsetY;
    if (drag && event.buttons) {
      const area = frame();
      drag.moved = drag.moved || Math.abs(x - drag.x) + Math.abs(y - drag.y) > 4;
      if (drag.moved) pan((drag.x - x) / area.width, (y - drag.y) / area.height);
      if (drag.moved) { drag.x = x; drag.y = y; }
      return;
    }
    const found = hit(x, y);
    if (found !== state.hover) { state.hover = found; showFacts(); draw(); }
    showTip(x, y);
  };
  canvas.onpointerleave = () => { state.hover = -1; showTip(0, 0); showFacts(); draw(); };
  canvas.onpointerdown = event => { drag = { x: event.offsetX, y: event.offsetY, moved: false }; canvas.setPointerCapture(event.pointerId); };
  canvas.onpointerup = event => { if (drag && !drag.moved) choose(hit(event.offsetX, event.offsetY)); drag = null; };
  canvas.addEventListener("wheel", event => { zoom(Math.pow(1.0015, event.deltaY), event.offsetX, event.offsetY); event.preventDefault(); }, { passive: false });
  canvas.onkeydown = onKey;
  const middle = () => [gutter.left + frame().width / 2, gutter.top + frame().height / 2];
  $("zoomin").onclick = () => zoom(.7, ...middle());
  $("zoomout").onclick = () => zoom(1 / .7, ...middle());
  $("reset").onclick = () => { resetView(); draw(); };
  $("lines").onclick = toggleLines;
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColors(); draw(); });
}
