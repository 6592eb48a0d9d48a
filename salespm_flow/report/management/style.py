"""How a page looks: on screens of any width, light and dark, and on A4 paper. Colours keep a contrast of 4.5 to 1."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --page: #f5f7fb; --card: #ffffff; --ink: #1f2430; --faint: #545d6c; --line: #d9dee7;
  --link: #1d4ed8; --head: #eef2f8; --shade: #0000002e; --good: #1b6e43; --warn: #8a5a00; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --page: #0f1217; --card: #181c23; --ink: #eceff4; --faint: #a8b0bd;
  --line: #333945; --link: #93b4ff; --head: #20252e; --shade: #000000b0; --good: #67c991;
  --warn: #e5b35a; --bad: #ff8f85; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif; }
header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 26px; padding-bottom: 6px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 12px; }
h3 { font-size: 15px; margin: 18px 0 8px; }
.subtitle { color: var(--faint); margin: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 14px 0 0; padding: 0; }
main { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; padding-top: 14px;
  }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px;
  min-width: 0; }
section.wide { grid-column: 1 / -1; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
a.figure { color: inherit; text-decoration: underline; text-decoration-style: dotted;
  text-decoration-color: var(--faint); text-underline-offset: 3px; }
a.figure:hover { color: var(--link); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(196px, 1fr)); gap: 12px; margin: 0; }
.tile { border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; min-width: 0; }
.tile dt { color: var(--faint); font-size: 13px; }
.tile dd { margin: 0; }
.tile .value { font-size: 20px; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
.tile .told { color: var(--faint); font-size: 13px; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; margin: 12px 0 0; }
.scroll:first-of-type { margin-top: 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; color: var(--faint); font-size: 13px; padding: 0 0 6px; }
caption.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); padding: 0; }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { background: var(--head); font-weight: 600; word-break: keep-all; vertical-align: bottom; }
tbody th { font-weight: 500; }
td, tbody th { overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 12px 0 0; } figure svg { display: block; width: 100%; max-width: 520px;
  height: auto; }
figcaption { color: var(--faint); font-size: 13px; margin-top: 6px; }
details { margin-top: 8px; } summary { cursor: pointer; color: var(--faint); font-size: 13px; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; margin: 0; }
.facts dt { color: var(--faint); } .facts dd { margin: 0; overflow-wrap: anywhere; }
p { margin: 8px 0 0; }
.rest { color: var(--faint); font-size: 13px; }
footer { padding-top: 18px; padding-bottom: 40px; }
footer section { margin-top: 0; }
.note { padding: 8px 0; border-top: 1px solid var(--line); } .note:first-of-type { border-top: 0; }
.note:target { background: var(--head); }
.note h3 { margin: 0 0 2px; } .note p { margin: 0; color: var(--faint); font-size: 13px; overflow-wrap: anywhere; }
@media (max-width: 720px) { main { grid-template-columns: minmax(0, 1fr); gap: 12px; }
  table { width: max-content; min-width: 100%; } td { max-width: 15em; }
  tbody th { max-width: 9em; position: sticky; left: 0; background: var(--card); }
  .scroll { background: linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll,
    linear-gradient(to left, var(--card) 40%, transparent) right / 40px 100% no-repeat local; }
  header, main, footer { padding-left: 12px; padding-right: 12px; } section { padding: 14px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .tile { padding: 8px 10px; } .tile .value { font-size: 17px; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; } .facts dd { margin-bottom: 8px; } h1 { font-size: 22px; } }
@page { size: A4; margin: 14mm; }
@media print { :root { color-scheme: light; --page: #ffffff; --card: #ffffff; --ink: #000000; --faint: #444444;
  --line: #bbbbbb; --head: #f0f0f0; --link: #000000; --good: #14532d; --warn: #6b4500; --bad: #8f1d14; }
  body { font-size: 10.5pt; } header, main, footer { max-width: none; padding: 0; } main { display: block; }
  section { border: 0; padding: 0; margin: 0 0 14pt; border-radius: 0; } nav, summary { display: none; }
  h2, h3, caption, thead, main p { break-after: avoid; } p.rest { break-before: avoid; break-after: auto; }
  tr, figure, .tile, .tiles, .note { break-inside: avoid; }
  section:not(.wide), table:not(:has(tr:nth-child(12))) { break-inside: avoid; }
  table { font-size: 9pt; } th, td { padding: 3pt 5pt; }
  .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); } .tile .value { font-size: 12pt; }
  figure svg { max-width: 110mm; } tbody th, td { max-width: none; position: static; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; } a { text-decoration: none; } details:not([open]) { display: none; } }
"""
