/**
 * The script for the reader's browser: language and charts. Plain JavaScript that makes no network
 * requests; its data is JSON in the page.
 *
 * @module
 */

/** The page's script. */
export const PAGE_SCRIPT: string = String.raw`
(() => {
  "use strict";
  const root = document.documentElement;
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const drawn = [];
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const lang = () => root.dataset.lang;

  const number = (value, digits) => value.toLocaleString(lang(), { maximumFractionDigits: digits });
  const bytes = (value) => {
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let at = 0;
    while (value >= 999.5 && at < units.length - 1) { value /= 1000; at++; }
    return number(value, at > 0 && value < 9.95 ? 1 : 0) + " " + units[at];
  };
  const inUnit = (unit, value) => charts.units[unit][lang()].replace("{value}", value);
  const time = (ms) => {
    const s = ms / 1000;
    if (s < 60) return inUnit("seconds", number(s, s < 9.95 ? 1 : 0));
    if (s < 3600) return inUnit("minutes", number(s / 60, s < 600 ? 1 : 0));
    return inUnit("hours", number(s / 3600, 1));
  };
  const units = {
    count: (value) => number(value, 0),
    share: (value) => number(value * 100, 1) + " %",
    days: (value) => inUnit("days", number(value, 1)),
    bytes, time,
  };
  // Axis steps that a person would choose.
  const increments = {
    count: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5],
    share: [.1, .25, .5], days: [.1, .25, .5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    bytes: [1, 2.5, 5].flatMap((n) => [...Array(15).keys()].map((e) => n * 10 ** e)).sort((a, b) => a - b),
    time: [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 36e5, 72e5, 216e5, 864e5],
  };
  const day = (seconds) => {
    const options = charts.step === "month" ? { year: "numeric", month: "short" } : { month: "short", day: "numeric" };
    if (charts.step === "week") options.year = "2-digit";
    return new Date(seconds * 1000).toLocaleDateString(lang(), { ...options, timeZone: "UTC" });
  };

  function draw(chart) {
    const box = document.getElementById("chart-" + chart.id);
    const place = box.querySelector(".plot");
    const legend = box.querySelector(".legend");
    const unit = units[chart.unit];
    const stacked = chart.kind === "bars";
    // Stacked bars: each series is drawn as a running sum, highest first, so that the lower ones
    // cover it.
    const sums = [];
    chart.series.forEach((one, at) => sums.push(one.values.map((value, n) => (value || 0) + (at && stacked ? sums[at - 1][n] : 0))));
    const order = chart.series.map((_, at) => at);
    if (stacked) order.reverse();
    const shown = order.map((at) => stacked ? sums[at] : chart.series[at].values);
    const step = charts.x.length > 1 ? charts.x[1] - charts.x[0] : 86400;
    const font = "11.5px " + getComputedStyle(document.body).fontFamily;
    const axis = { stroke: colour("--faint"), font, ticks: { show: false }, grid: { stroke: colour("--grid"), width: 1 } };
    const say = (at) => {
      legend.replaceChildren();
      const add = (parent, tag, text, cls) => { const el = document.createElement(tag); if (text) el.textContent = text; if (cls) el.className = cls; parent.append(el); return el; };
      if (at !== null) add(legend, "span", day(charts.x[at]), "when");
      chart.series.forEach((one) => {
        const item = add(legend, "span");
        add(item, "i").style.background = colour(one.colour);
        item.append(one[lang()] || one.en);
        if (at !== null) { const value = one.values[at]; add(item, "b", value === null ? "–" : unit(value)); }
      });
    };
    const plot = new uPlot({
      width: place.clientWidth, height: place.clientHeight, legend: { show: false }, padding: [8, 26, 0, 0],
      tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "Etc/UTC"),
      cursor: { y: false, drag: { x: false, y: false }, points: { show: !stacked, size: 7 } },
      scales: {
        x: { range: () => [charts.x[0] - step * .6, charts.x[charts.x.length - 1] + step * .6] },
        y: { range: (_, low, high) => chart.unit === "share" ? [0, 1.04] : [0, (high > 0 ? high : 1) * 1.1] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 28, space: 64, values: (_, splits) => splits.map(day),
          splits: (self) => {
            const every = Math.max(1, Math.ceil(charts.x.length / Math.max(2, Math.floor(self.width / 78))));
            return charts.x.filter((_, n) => (charts.x.length - 1 - n) % every === 0);
          } },
        { ...axis, size: 58, space: 34, incrs: increments[chart.unit], values: (_, splits) => splits.map((one) => unit(one)) },
      ],
      series: [{}, ...order.map((at) => {
        const tint = colour(chart.series[at].colour);
        return stacked
          ? { fill: tint, width: 0, paths: uPlot.paths.bars({ size: [.72, 26], radius: at === chart.series.length - 1 ? .18 : 0 }), points: { show: false } }
          : { stroke: tint, width: 2, spanGaps: true, fill: chart.series.length === 1 ? tint + "1c" : undefined,
              points: { show: chart.series[at].values.filter((v) => v !== null).length < 2, size: 6, fill: tint } };
      })],
      hooks: { setCursor: [(self) => say(self.cursor.idx ?? null)] },
    }, [charts.x, ...shown], place);
    say(null);
    drawn.push({ plot, place });
  }

  function drawAll() {
    while (drawn.length) drawn.pop().plot.destroy();
    charts.charts.forEach(draw);
    root.dataset.drawn = String(drawn.length);
  }

  function speak(language) {
    root.dataset.lang = language;
    root.lang = language === "zh" ? "zh-CN" : "en";
    document.title = document.body.dataset[language === "zh" ? "titleZh" : "titleEn"];
    drawAll();
  }

  document.getElementById("language").addEventListener("click", () => speak(lang() === "zh" ? "en" : "zh"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", () => { root.classList.add("paper"); drawAll(); });
  addEventListener("afterprint", () => { root.classList.remove("paper"); drawAll(); });
  let frame = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => drawn.forEach(({ plot, place }) => plot.setSize({ width: place.clientWidth, height: place.clientHeight })));
  });
  speak((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");
})();
`;
