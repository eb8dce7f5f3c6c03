// Curves of the training and the order of passes, as SVG.
function shape(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e4) return String(value);
  if (size >= 1e9) return value.toExponential(1).replace("e+", "e");
  if (size >= 1e6) return (value / 1e6).toFixed(size >= 1e7 ? 0 : 1) + "M";
  if (size >= 1e4) return Math.round(value / 1e3) + "k";
  return size >= 100 ? String(Math.round(value)) : size >= 10 ? value.toFixed(1) : size >= .01 ? String(+value.toFixed(2)) : value.toExponential(0);
}

function valueTicks(low, high, most) {
  const rough = (high - low) / most, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough) || power;
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) found.push(at);
  return found;
}

// One chart: series of [x, y], each a line or points, over one scale.
function chart(name, words, series, zero) {
  const width = 560, height = 210, left = 50, right = 12, top = 8, bottom = 22;
  const points = series.flatMap(line => line.points), xs = points.map(point => point[0]), ys = points.map(point => point[1]);
  const made = element("div", null, "chart"), svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name + ". " + words });
  made.append(element("h3", name), element("p", words), svg);
  let x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = zero ? 0 : Math.min(...ys), y1 = Math.max(...ys);
  if (x1 === x0) x1 = x0 + 1;
  if (y1 === y0) y1 = y0 + (Math.abs(y0) || 1);
  y1 += (y1 - y0) * .04;
  if (!zero) y0 = y0 > 0 && y0 < (y1 - y0) * .6 ? 0 : y0 - (y1 - y0) * .04;
  const x = at => left + (at - x0) / (x1 - x0) * (width - left - right), y = at => height - bottom - (at - y0) / (y1 - y0) * (height - top - bottom);
  for (const tick of valueTicks(y0, y1, 4)) {
    svg.append(shape("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), stroke: "var(--line)" }));
    svg.append(shape("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, number(tick)));
  }
  for (const tick of valueTicks(x0, x1, 6).filter(Number.isInteger)) svg.append(shape("text", { x: Math.min(x(tick), width - right - 8), y: height - 6, "text-anchor": "middle" }, number(tick)));
  for (const line of series) {
    if (line.dots) for (const [a, b] of line.points) svg.append(shape("circle", { cx: x(a), cy: y(b), r: 4, fill: line.color, stroke: "var(--paper)" }));
    else svg.append(shape("polyline", { points: line.points.map(([a, b]) => x(a).toFixed(1) + "," + y(b).toFixed(1)).join(" "), fill: "none", stroke: line.color, "stroke-width": line.thin ? 1 : 2, "stroke-linejoin": "round", opacity: line.thin ? .45 : 1 }));
  }
  return made;
}

// A mean over neighbours, so that the trend is seen through the noise of batches.
function smooth(points) {
  const reach = Math.floor(points.length / 60);
  return points.map(([x], i) => {
    const near = points.slice(Math.max(0, i - reach), i + reach + 1);
    return [x, near.reduce((sum, point) => sum + point[1], 0) / near.length];
  });
}

function showCurves() {
  const known = (rows, at) => rows.filter(row => row[at] !== null).map(row => [row[0], row[at]]);
  const loss = known(data.curve, 1), rate = known(data.curve, 2), lastStep = data.curve.length ? data.curve[data.curve.length - 1][0] : 1;
  const last = data.epochs.length ? data.epochs[data.epochs.length - 1][0] : 1, atStep = epoch => data.stepsPerEpoch > 0 ? Math.min(epoch * data.stepsPerEpoch, lastStep) : epoch / last * lastStep;
  const testLoss = known(data.epochs, 2).map(([epoch, value]) => [atStep(epoch), value]), accuracy = known(data.epochs, 3);
  const made = [];
  if (loss.length > 1)
    made.push(chart("Loss over steps", "line: training" + (testLoss.length ? "; dots: test, after each epoch" : ""), [{ points: loss, color: "var(--k0)", thin: true },
      { points: smooth(loss), color: "var(--k0)" }, { points: testLoss, color: "var(--k2)", dots: true }].filter(line => line.points.length > 0)));
  if (rate.length > 1) {
    const typical = rate.map(point => point[1]).sort((a, b) => a - b)[Math.floor(rate.length / 2)];
    made.push(chart("Samples per second over steps", "median " + whole(Math.round(typical)), [{ points: rate, color: "var(--planned)", thin: true }, { points: smooth(rate), color: "var(--planned)" }], true));
  }
  if (accuracy.length > 1)
    made.push(chart("Test accuracy over epochs, %", "last " + (accuracy[accuracy.length - 1][1] * 100).toFixed(2), [{ points: accuracy.map(([epoch, value]) => [epoch, value * 100]), color: "var(--k2)" },
      { points: accuracy.map(([epoch, value]) => [epoch, value * 100]), color: "var(--k2)", dots: true }]));
  $("curvesbox").hidden = made.length === 0;
  $("curves").append(...made);
}

const passes = count => count === 0 ? "not run" : whole(count) + (count === 1 ? " pass" : " passes");

function showRuns() {
  if (data.runs.length === 0) return;
  $("runsbox").hidden = false;
  const total = data.runs.reduce((sum, run) => sum + run[2], 0), lanes = new Map(), sums = new Map();
  let at = 0;
  for (const [name, word, count] of data.runs) {
    if (!lanes.has(name)) lanes.set(name, { parts: [], count: 0 });
    const lane = lanes.get(name);
    lane.parts.push([at, count, word]);
    if (word !== "shapes") lane.count += count; // those did not run
    sums.set(word, (sums.get(word) || 0) + count);
    at += count;
  }
  for (const [name, lane] of lanes) {
    const row = element("div", null, "lane"), svg = shape("svg", { viewBox: "0 0 1000 16", preserveAspectRatio: "none", role: "img", "aria-label": name + ": " + passes(lane.count) });
    for (const [from, count, word] of lane.parts)
      svg.append(shape("rect", { x: from / total * 1000, width: Math.max(count / total * 1000, 2), y: word === "planned" ? 3 : 0, height: word === "planned" ? 10 : 16, fill: "var(--" + word + ")" }));
    const label = element("span", name);
    label.title = name;
    row.append(label, svg, element("span", passes(lane.count)));
    $("runs").append(row);
  }
  const swatches = element("div", null, "swatches");
  for (const [word, count] of sums) {
    const entry = element("span"), swatch = element("i");
    swatch.style.background = "var(--" + word + ")";
    entry.append(swatch, word + " " + whole(count) + " – " + stateWords[word]);
    swatches.append(entry);
  }
  $("runs").append(swatches);
}
