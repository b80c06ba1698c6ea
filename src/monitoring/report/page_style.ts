/**
 * How a report looks: light and dark by the reader's system, and on paper.
 *
 * @module
 */

/** The page's style sheet. */
export const PAGE_STYLE: string = `
:root {
  color-scheme: light;
  --page: #f6f7f9; --card: #fff; --line: #e3e6eb; --ink: #12161d; --soft: #5a6473; --faint: #8b95a4;
  --ok: #178a5b; --ok-soft: #e2f4ec; --warn: #b26a00; --warn-soft: #fdf0d9; --bad: #c8322b; --bad-soft: #fce8e6;
  --none: #e7eaef; --grid: #eceff3;
  --c1: #2f5fd0; --c2: #0f9a8f; --c3: #d07a1c; --c4: #8a4fc4; --c5: #c23d78; --c6: #5b7a1e; --c7: #4a8fc7; --c8: #7a6a55;
  --sans: "Inter", system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  --mono: ui-monospace, "SF Mono", "JetBrains Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root:not(.paper) {
    color-scheme: dark;
    --page: #0d1015; --card: #151a21; --line: #262d38; --ink: #edf0f5; --soft: #a2acba; --faint: #6d7786;
    --ok: #3ecb8e; --ok-soft: #12302a; --warn: #f0ae4a; --warn-soft: #33270f; --bad: #ff766d; --bad-soft: #391a1b;
    --none: #262d38; --grid: #1f2630;
    --c1: #7aa2ff; --c2: #41cbbd; --c3: #f2a557; --c4: #bd93f2; --c5: #f083b0; --c6: #a4c65a; --c7: #79bdf0; --c8: #b6a48c;
  }
}
* { box-sizing: border-box; }
html[data-lang="en"] [lang="zh"], html[data-lang="zh"] [lang="en"] { display: none; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 var(--sans);
  font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; }
main { max-width: 1160px; margin: 0 auto; padding: 28px 24px 56px; }
.bar { display: flex; align-items: center; gap: 10px; color: var(--soft); font-size: 13px; }
.brand { font-weight: 650; color: var(--ink); letter-spacing: -.01em; font-size: 15px; }
.brand svg { vertical-align: -3px; margin-right: 7px; }
.bar .gap { flex: 1; }
button { font: inherit; color: var(--soft); background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 3px 11px; cursor: pointer; }
button:hover { color: var(--ink); border-color: var(--faint); }
button:focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; }
.place { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 12px 0 0; color: var(--faint); font-size: 12.5px; }
.place span { overflow-wrap: anywhere; } .place b { color: var(--soft); font-weight: 560; }
.verdict { margin: 44px 0 40px; max-width: 880px; }
h1 { margin: 0; font-size: clamp(25px, 3.5vw, 37px); line-height: 1.2; font-weight: 660; letter-spacing: -.024em; text-wrap: balance; }
html[data-lang="zh"] h1 { word-break: keep-all; overflow-wrap: anywhere; }
.whole { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
.verdict p { margin: 12px 0 0; color: var(--soft); font-size: 16px; }
.light { display: inline-flex; align-items: center; gap: 8px; margin-bottom: 14px; padding: 4px 12px 4px 10px; border-radius: 99px;
  font-size: 13px; font-weight: 600; }
.light::before, .pill::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.is-ok { color: var(--ok); background: var(--ok-soft); } .is-warn { color: var(--warn); background: var(--warn-soft); }
.is-bad { color: var(--bad); background: var(--bad-soft); } .is-none { color: var(--soft); background: var(--none); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); overflow: hidden; }
.figures > div { box-shadow: 1px 1px 0 var(--line); padding: 17px 20px 16px; }
dl, dd { margin: 0; }
dt, .label { color: var(--soft); font-size: 12.5px; }
.figures .value { font-size: 25px; font-weight: 620; letter-spacing: -.02em; line-height: 1.25; margin-top: 3px; white-space: nowrap; }
.figures .note { color: var(--faint); font-size: 12.5px; margin-top: 1px; }
h2 { margin: 46px 0 14px; font-size: 18px; font-weight: 640; letter-spacing: -.012em; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 14px; }
.tile { padding: 18px 20px 17px; min-width: 0; display: flex; flex-direction: column; } .tile .strip { margin-top: auto; }
.tile .age { margin-bottom: 14px; } .tile .age small { display: block; font-size: 13px; }
.why { margin: -4px 0 14px; }
.tile header { display: flex; align-items: center; gap: 10px; }
.tile h3 { margin: 0; font-size: 15.5px; font-weight: 630; overflow-wrap: anywhere; flex: 1; min-width: 0; line-height: 1.3; }
.pill { display: inline-flex; align-items: center; gap: 6px; padding: 2px 10px 2px 8px; border-radius: 99px; font-size: 12.5px;
  font-weight: 600; white-space: nowrap; }
.pill::before { width: 6px; height: 6px; }
.age { margin: 12px 0 0; font-size: 13.5px; color: var(--soft); }
.age b { color: var(--ink); font-size: 22px; font-weight: 620; letter-spacing: -.02em; margin-right: 5px; }
.age small { display: block; font-size: 13px; }
.why { color: var(--bad); font-size: 13px; overflow-wrap: anywhere; }
.strip { display: flex; gap: 2px; height: 26px; flex: none; margin-bottom: 5px; }
.strip i { flex: 1; min-width: 1px; border-radius: 2px; background: var(--none); }
.strip .ok { background: var(--ok); opacity: .82; } .strip .late { background: var(--warn); } .strip .failed { background: var(--bad); }
.strip .some { background: linear-gradient(to top, var(--bad) 32%, var(--ok) 32%); opacity: .88; }
.ends { display: flex; justify-content: space-between; color: var(--faint); font-size: 11.5px; }
.tile dl { display: grid; grid-template-columns: repeat(4, auto); justify-content: space-between; gap: 10px; margin-top: 14px; padding-top: 13px;
  border-top: 1px solid var(--line); }
.tile dt { font-size: 11.5px; } .tile dd { font-weight: 590; font-size: 14px; white-space: nowrap; }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--soft); font-size: 12.5px; margin: 12px 2px 0; }
.key i, .legend i { display: inline-block; width: 9px; height: 9px; border-radius: 2.5px; margin-right: 6px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 14px; }
.chart { padding: 17px 20px 12px; min-width: 0; position: relative; break-inside: avoid; margin: 0; }
.chart h3, .wide h3 { margin: 0; font-size: 14.5px; font-weight: 630; }
.chart .sub, .wide .sub { color: var(--faint); font-size: 12.5px; margin: 1px 0 8px; }
.plot { height: 190px; margin: 0 -6px 0 -10px; } .plot .uplot { font-family: var(--sans); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12.5px; color: var(--soft); min-height: 21px; margin-top: 5px; }
.legend b { font-weight: 600; color: var(--ink); margin-left: 6px; }
.legend .when { color: var(--faint); min-width: 88px; }
.wide { padding: 17px 20px 18px; margin-top: 14px; break-inside: avoid; }
.phases { display: flex; gap: 2px; height: 30px; margin: 12px 0 10px; border-radius: 7px; overflow: hidden; }
.phases i { min-width: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 550; color: var(--soft); font-size: 12.5px; white-space: nowrap; }
th, td { padding: 10px 16px 10px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { padding-left: 20px; } tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; } td.t { white-space: nowrap; color: var(--soft); }
td .hint { color: var(--soft); } td.reason { overflow-wrap: anywhere; min-width: 260px; } td.name { font-weight: 560; overflow-wrap: anywhere; min-width: 110px; }
code { font: 12px var(--mono); color: var(--bad); }
.empty { padding: 26px 20px; color: var(--soft); text-align: center; }
footer { margin-top: 40px; color: var(--faint); font-size: 12.5px; }
footer span + span { margin-left: 0; }
@media (max-width: 560px) { th, td { padding-right: 12px; } td.name { min-width: 150px; } main { padding: 18px 14px 40px; } .verdict { margin: 30px 0; } .tile dl { grid-template-columns: repeat(2, auto); justify-content: start; gap: 8px 32px; }
  /* A row is a block, so that its reason is on the screen and not to the right of it. */
  #failed thead { display: none; } #failed tr { display: block; padding: 10px 14px; border-bottom: 1px solid var(--line); }
  #failed tr:last-child { border-bottom: 0; } #failed td, #failed td.name, #failed td.reason { display: inline; padding: 0; border: 0; min-width: 0; }
  #failed td.t, #failed td.name { margin-right: 10px; } #failed td.name { display: inline-block; } #failed td.reason { display: block; margin-top: 4px; } }
@media print {
  @page { margin: 14mm; }
  body { background: #fff; font-size: 12px; } main { max-width: none; padding: 0; } button { display: none; }
  .tile, .chart, .wide, tr { break-inside: avoid; } h2 { break-after: avoid; } .charts { grid-template-columns: 1fr 1fr; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
