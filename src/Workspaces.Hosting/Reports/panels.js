// Figures, legend, comparison and tables.
function tile(value, words, className, hint) {
  const made = element("div", null, "tile" + (className ? " " + className : ""));
  made.append(element("b", value), element("span", words));
  if (hint) made.title = hint;
  return made;
}

// Bytes of a pass outside its arena; its plan then tells of both parts, so that others are compared with what it needs without a cap.
const spilledOf = pass => ownsMemory(pass) ? 0 : pass.top - pass.outsideFrom;

function largestTile(i) {
  const site = blocks.site(i), made = element("button", null, "tile");
  made.type = "button";
  made.id = "largesttile";
  made.title = exact(blocks.bytes[i]) + (site ? ", made at " + site : "") + ". To the table of the largest blocks.";
  made.append(element("b", size(blocks.bytes[i])), element("span", "largest block: " + [blocks.part(i) || blocks.op(i) || "block " + i, site && site.replace(/ \(.*/, "")].filter(Boolean).join(", ") + " ↓"));
  made.onclick = () => { choose(i, true); $("largestbox").scrollIntoView({ block: "start" }); };
  return made;
}

function showTiles() {
  const pass = data.passes[state.pass], tiles = [], owns = ownsMemory(pass), peak = owns ? pass.lowerBound : pass.planPeak ?? pass.arenaTop, spilled = spilledOf(pass), capped = spilled > 0 || pass.planner === "capped", need = capped ? pass.lowerBound : peak;
  if (spilled > 0) {
    tiles.push(tile(size(pass.arenaTop) + " + " + size(spilled), "arena + spilled" + (pass.planPeak === null ? ", no plan" : ""), "spilled", exact(pass.arenaTop) + " in the arena, " + exact(spilled) + " outside it"));
    tiles.push(tile(size(pass.lowerBound), "lower bound: needed without a cap", "", exact(pass.lowerBound)));
  } else if (capped) {
    tiles.push(tile(size(peak), "plan under the cap: arena + what will spill", "spilled", exact(peak)));
    tiles.push(tile(size(pass.lowerBound), "lower bound: needed without a cap", "", exact(pass.lowerBound)));
  } else if (owns) {
    tiles.push(tile(size(peak), "most at once: each block owns its memory", "", exact(peak)));
  } else if (pass.planPeak === null) {
    tiles.push(tile(size(peak), "highest byte in use, no plan", "", exact(peak)));
    tiles.push(tile(size(pass.lowerBound), peak === pass.lowerBound ? "lower bound: no plan needs less" : "lower bound, in use is " + ratio(peak, pass.lowerBound), "", exact(pass.lowerBound)));
  } else {
    tiles.push(tile(size(peak), "plan (" + (pass.planner || "made elsewhere") + ")", "good", exact(peak)));
    tiles.push(tile(size(pass.lowerBound), peak === pass.lowerBound ? "lower bound: the plan is optimal" : "lower bound, plan is " + ratio(peak, pass.lowerBound), "", exact(pass.lowerBound)));
  }
  if (pass.lastUseBound !== pass.lowerBound)
    tiles.push(tile(size(pass.lastUseBound), "if each block died at its last use", "", exact(pass.lastUseBound)));
  if (pass.caching !== null) tiles.push(tile(ratio(pass.caching, need), (capped ? "the lower bound" : "as much") + " with a caching allocator", "", exact(pass.caching)));
  if (pass.bump !== null) tiles.push(tile(ratio(pass.bump, need), (capped ? "the lower bound" : "as much") + " without reuse (bump)", "", exact(pass.bump)));
  tiles.push(tile(whole(blocks.count), "blocks, " + whole(pass.events) + " events" + (pass.number ? ", pass " + whole(pass.number) : "")));
  if (pass.deviations > 0) tiles.push(tile(whole(pass.deviations), pass.deviations === 1 ? "request deviated from the plan" : "requests deviated from the plan"));
  tiles.push(largestTile(bySize(1)[0]));
  $("tiles").replaceChildren(...tiles);
}

function showLegend() {
  const rows = [];
  kinds.forEach((kind, k) => {
    const total = blocks.totals[k];
    if (total.count === 0) return;
    const row = element("button", null, "kind"), swatch = element("i");
    row.type = "button";
    swatch.style.background = "var(--k" + k + ")";
    row.setAttribute("aria-pressed", String(state.shown[k]));
    row.title = "Show or dim. All of them together ask for " + exact(total.bytes) + ".";
    row.append(swatch, element("span", kind.name), element("em", size(total.atPeak)), element("small", kind.help + " · " + plural(total.count, "block") + (total.spilled > 0 ? ", " + whole(total.spilled) + " spilled" : "")));
    row.onclick = () => { state.shown[k] = !state.shown[k]; row.setAttribute("aria-pressed", String(state.shown[k])); draw(); };
    rows.push(row);
  });
  const line = element("div", null, "kind");
  const mark = element("i");
  mark.style.cssText = "height:2px;background:var(--ink)";
  line.append(mark, element("span", "Live at the peak"), element("em", size(data.passes[state.pass].lowerBound)), element("small", "thin line: live bytes · pale: released after the last use"));
  rows.push(line);
  const persistent = data.persistent.filter(([, bytes]) => bytes > 0);
  if (persistent.length > 0) {
    const outlive = element("div", null, "outlive");
    for (const [name, bytes] of persistent) {
      const row = element("div", null, "kind");
      row.append(element("i"), element("span", name), element("em", size(bytes)));
      row.title = exact(bytes) + ", outside passes";
      outlive.append(row);
    }
    rows.push(outlive);
  }
  $("legend").replaceChildren(...rows);
}

function showCompare() {
  const pass = data.passes[state.pass], spilled = spilledOf(pass);
  const ours = spilled > 0 ? [["arena", pass.arenaTop, "ours"], ["spilled", spilled, "out"]] : [["plan", pass.planPeak, "ours"], ["in use", pass.planPeak === null && !ownsMemory(pass) ? pass.arenaTop : null, "ours"]];
  const bars = [
    ["lower bound", pass.lowerBound, false], ...ours, ["best fit", pass.bestFit, false], ["caching", pass.caching, false], ["bump", pass.bump, false],
  ].filter(([, bytes]) => bytes !== null);
  const most = Math.max(...bars.map(([, bytes]) => bytes), 1), hints = {
    "lower bound": "the most bytes live at one moment", arena: "what lay in memory under the cap", spilled: "what lay outside the arena", plan: "what this pass needs here", "in use": "the highest byte of the arena, without a plan",
    "best fit": "an online allocator: smallest hole, neighbours joined", caching: "a caching allocator as PyTorch has for CUDA, simulated: 512-byte steps, segments of 2 and 20 MiB",
    bump: "no reuse inside the pass: the sum of all requests",
  };
  $("compare").replaceChildren(...bars.map(([name, bytes, whose]) => {
    const row = element("div", null, whose ? "bar " + whose : "bar"), track = element("div"), bar = element("i");
    bar.style.width = (bytes / most * 100) + "%";
    track.append(bar);
    row.append(element("span", name), track, element("em", size(bytes)));
    row.title = hints[name] + ": " + exact(bytes);
    return row;
  }));
  $("comparenote").hidden = spilled === 0;
}

function table(target, heads, rows) {
  const head = element("thead"), body = element("tbody"), line = element("tr");
  for (const [text, className] of heads) {
    const cell = element("th", text, className);
    cell.scope = "col";
    line.append(cell);
  }
  head.append(line);
  body.append(...rows);
  target.replaceChildren(head, body);
}

const bySize = most => [...Array(blocks.count).keys()].sort((a, b) => blocks.held[b] - blocks.held[a] || a - b).slice(0, most);

function showLargest() {
  const order = bySize(24), any = name => order.some(i => blocks[name](i));
  const line = order.some(i => /\.json:\d/.test(blocks.site(i))) ? "line" : "line of code"; // of a run file, or of a program
  const columns = [["block", ""], any("part") && ["layer", "", "part"], any("shape") && ["shape", "", "shape"], any("dtype") && ["type", "", "dtype"], ["size", "n"], ["kind", ""], ["lives", "n"],
    any("name") && ["name", "", "name"], any("site") && [line, "", "site"]].filter(Boolean);
  table($("largest"), columns, order.map(i => {
    const row = element("tr");
    row.dataset.block = String(i);
    for (const [head, className, field] of columns) {
      const cell = element("td", null, field === "site" ? "code" : className);
      if (head === "block") {
        const button = element("button", blocks.op(i) || "block " + i);
        button.type = "button";
        button.onclick = () => { choose(i, true); $("plot").focus({ preventScroll: true }); $("tiles").scrollIntoView({ block: "nearest" }); };
        cell.append(button);
      } else if (head === "size") { cell.textContent = size(blocks.bytes[i]); cell.title = exact(blocks.bytes[i]); }
      else if (head === "kind") {
        const swatch = element("i");
        swatch.style.background = "var(--k" + blocks.kind[i] + ")";
        cell.append(swatch, kindOf(i));
      } else if (head === "lives") cell.textContent = whole(blocks.birth[i]) + " – " + whole(blocks.death[i]);
      else cell.textContent = blocks[field](i);
      row.append(cell);
    }
    return row;
  }));
  markRow();
}

function markRow() {
  for (const row of $("largest").querySelectorAll("tr[data-block]")) row.classList.toggle("chosen", Number(row.dataset.block) === state.chosen);
}

function showFindings() {
  if (data.findings.length === 0) {
    $("findings").append(element("p", "None: nothing leaked, spilled or deviated in a way worth telling.", "none"));
    return;
  }
  for (const [code, severity, workspace, text] of data.findings) {
    const card = element("div", null, "finding " + severity), at = text.lastIndexOf("Remedy:");
    card.append(element("b", code), element("span", severity + ", workspace " + workspace), element("p", at < 0 ? text : text.slice(0, at).trim()));
    if (at >= 0) card.append(element("p", text.slice(at)));
    $("findings").append(card);
  }
}

function showMemory() {
  const groups = [["all workspaces", data.memory || []], ["outside passes", data.persistent.filter(([, bytes]) => bytes > 0)]].filter(([, rows]) => rows.length > 0);
  $("memorybox").hidden = groups.length === 0;
  for (const [name, rows] of groups) {
    const made = element("table");
    table(made, [[name, ""], ["", "n"], ["bytes", "n"]], rows.map(([kind, bytes]) => {
      const row = element("tr");
      row.append(element("td", kind), element("td", size(bytes), "n"), element("td", whole(bytes), "n"));
      return row;
    }));
    $("memory").append(made);
  }
}

function showConfiguration() {
  $("configbox").hidden = data.configuration.length === 0;
  const written = data.configuration.filter(([, , origin]) => origin !== "default").length;
  $("configsummary").textContent = plural(data.configuration.length, "value") + ", " + written + " of them written somewhere";
  table($("configuration"), [["key", ""], ["value", ""], ["from", ""]], data.configuration.map(([key, value, origin]) => {
    const row = element("tr");
    row.append(element("td", key, "code"), element("td", value, "code"), element("td", origin));
    return row;
  }));
}
