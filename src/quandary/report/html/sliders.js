(() => {
  "use strict";
  const CELLS = 18, WIDTH = 6, ROW = 6;
  const box = document.getElementById("sliders");
  if (!box) return;
  const { low, high, kind, fewest } = box.dataset;
  const bytes = Uint8Array.from(atob(box.dataset.worlds), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const count = bytes.length / ROW;
  const inputs = [...box.querySelectorAll("input")];
  const told = box.querySelector("[role=status]");
  const worlds = Array.from({ length: count }, (_, world) => {
    const at = ROW * world, code = view.getUint16(at, true);
    return {
      cells: [code%CELLS, Math.floor(code / CELLS)%CELLS, Math.floor(code / CELLS ** 2)],
      value: +low + (view.getUint16(at + 2, true) / 65535) * (high - low),
      weight: view.getUint16(at + 4, true),
    };
  });
  worlds.sort((one, other) => one.value - other.value);

  const oneIn = (value, about) => {
    const times = (+(1 / Math.min(value, 1 - value)).toPrecision(2)).toLocaleString("en");
    return (value < 0.5 ? "" : "all but ") + about + "1 in " + times;
  };

  const said = (value, isMean) => {
    if (kind === "share") {
      const rare = Math.min(value, 1 - value);
      if (rare > 1e-12 && rare < 0.001) return oneIn(value, isMean ? "about " : "");
      const percent = 100 * value;
      const near = (percent > 0 && percent < 1) || (percent > 99 && percent < 100);
      const told = percent.toFixed(near ? 1 : 0) + "\u00a0%";
      return isMean && rare > 1e-12 && rare < 0.05 ? told + " (" + oneIn(value, "about ") + ")" : told;
    }
    if (kind === "difference") return (value > 0 ? "+" : "") + (100 * value).toFixed(1) + " percentage points";
    return String(+value.toPrecision(3)) + (kind === "worth" ? " points of worth" : "");
  };

  const inWorlds = (share) => {
    const rare = Math.min(share, 1 - share);
    if (rare < 1e-12) return share < 0.5 ? "none of them" : "all of them";
    return rare < 0.01 ? oneIn(share, "about ") + " of them" : Math.round(100 * share) + " of 100 of them";
  };

  const spread = (kept, mass, mean) => {
    const [low, high] = [0.05, 0.95].map((level) => quantile(kept, mass, level));
    const [least, most] = [kept[0].value, kept[kept.length - 1].value];
    if (mean > high && most > high) return "95\u00a0% of them lie at or below " + said(high) + ", the highest at " + said(most);
    if (mean < low && least < low) return "95\u00a0% of them lie at or above " + said(low) + ", the lowest at " + said(least);
    return "90\u00a0% of them lie from " + said(low) + " to " + said(high);
  };

  const quantile = (kept, mass, level) => {
    let before = 0, lastMiddle = null, lastValue = kept[0].value;
    for (const { value, weight } of kept) {
      const middle = (before + weight / 2) / mass;
      if (middle >= level) {
        if (lastMiddle === null) return value;
        return lastValue + ((level - lastMiddle) / (middle - lastMiddle)) * (value - lastValue);
      }
      before += weight;
      lastMiddle = middle;
      lastValue = value;
    }
    return lastValue;
  };

  const third = (input) => {
    const start = +input.value - 1, edges = JSON.parse(input.dataset.edges);
    if (start < 0) return "not held";
    if (start === 0) return "below " + edges[WIDTH - 1];
    if (start === CELLS - WIDTH) return "above " + edges[start - 1];
    return edges[start - 1] + " to " + edges[start + WIDTH - 1];
  };

  const show = () => {
    const held = inputs.map((input) => +input.value - 1);
    inputs.forEach((input, number) => {
      const words = third(input);
      box.querySelectorAll("output")[number].textContent = words;
      input.setAttribute("aria-valuetext", words);
    });
    const kept = worlds.filter(({ cells }) =>
      held.every((start, number) => start < 0 || (cells[number] >= start && cells[number] < start + WIDTH)),
    );
    const mass = kept.reduce((sum, { weight }) => sum + weight, 0);
    const squares = kept.reduce((sum, { weight }) => sum + weight ** 2, 0);
    const effective = squares ? mass ** 2 / squares : 0;
    const counted = kept.length.toLocaleString("en") + " of " + count.toLocaleString("en") + " worlds";
    if (effective < +fewest) {
      told.textContent = "Only " + counted + " are left, too few to say anything.";
      return;
    }
    const mean = kept.reduce((sum, { value, weight }) => sum + weight * value, 0) / mass;
    const among = counted + " (" + Math.round(effective).toLocaleString("en") + " effective)";
    told.textContent = kind === "worlds"
      ? "Left are " + among + "; it holds in " + inWorlds(mean) + "."
      : "On average " + said(mean, true) + ", in " + among + "; " + spread(kept, mass, mean) + ".";
  };

  inputs.forEach((input) => input.addEventListener("input", show));
  box.hidden = false;
  show();
})();
