"""How the time of validation grows with the number of files, as a figure and as a picture for the page."""

import math
import statistics
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Result, Seconds, result, spent
from benchmarks.texts import write_small

COUNTS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
RUNS_OF_FEW = 5
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "validate-growth.svg"
WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 48, 56
TICKS: Mapping[float, str] = {0.1: "0.1 s", 0.3: "0.3 s", 1: "1 s", 3: "3 s", 10: "10 s", 30: "30 s"}
STYLE = """\
text { font: 13px system-ui, "Noto Sans CJK SC", sans-serif; fill: #334155 }
.title { font-size: 15px; font-weight: 600; fill: #0f172a }
.note { fill: #64748b }
.grid { stroke: #e2e8f0 }
.linear { stroke: #94a3b8; stroke-dasharray: 5 4; fill: none }
.measured { stroke: #2563eb; stroke-width: 2; fill: none }
.point { fill: #2563eb }
"""


def run(folder: Path) -> tuple[Result, ...]:
    """Ten times the files against ten times the time; the picture of all counts is drawn anew."""
    times = {count: _time(folder / f"growth_{count}", count) for count in COUNTS}
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(times), encoding="utf-8")
    what = "`validate --strict` of 10,000 small workflows: processor time"
    return (result(what, "10 times that of 1,000", [(times[10_000], 10 * times[1_000])], limit=1.2),)


def _time(folder: Path, count: int) -> Seconds:
    write_small(folder, count)
    command = [str(Path(sysconfig.get_path("scripts")) / "salespm-flow"), "validate", "--strict", str(folder)]
    runs = RUNS_OF_FEW if count <= 100 else 1
    return statistics.median(spent(command, folder.parent).processor for _ in range(runs))


def picture(times: Mapping[int, Seconds]) -> str:
    """The times over the numbers of files as SVG, both axes logarithmic, beside a start and a straight line."""
    first, last = min(times), max(times)
    each = (times[last] - times[first]) / (last - first)
    start = times[first] - each * first
    ways = [first * (last / first) ** (step / 60) for step in range(61)]
    straight = " ".join(f"{_across(count):.1f},{_down(start + each * count):.1f}" for count in ways)
    measured = " ".join(f"{_across(count):.1f},{_down(time):.1f}" for count, time in times.items())
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            'role="img">'
        ),
        "<title>Processor time of validate --strict over the number of files</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>',
        f'<text class="title" x="{LEFT}" y="28">validate --strict: processor time by number of files</text>',
        *_grid(times),
        f'<polyline class="linear" points="{straight}"/>',
        f'<polyline class="measured" points="{measured}"/>',
        *(_point(count, time) for count, time in times.items()),
        (
            f'<text class="note" x="{WIDTH - RIGHT}" y="{HEIGHT - BOTTOM - 12}" text-anchor="end">'
            f"dashed: {start * 1e3:.0f} ms + {each * 1e3:.2f} ms a file</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(times: Mapping[int, Seconds]) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    lines: list[str] = []
    for time, label in TICKS.items():
        y = _down(time)
        if not TOP <= y <= bottom:
            continue
        lines.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for count in times:
        x = _across(count)
        lines.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>')
        lines.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{count:,}</text>')
    lines.append(f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 12}" text-anchor="middle">files</text>')
    return lines


def _point(count: int, time: Seconds) -> str:
    told = f"{time:.2f} s" if time < 10 else f"{time:.1f} s"
    x, y = _across(count), _down(time)
    return (
        f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{count:,}: {told}</title></circle>'
        f'<text x="{x - 8:.1f}" y="{y - 9:.1f}" text-anchor="middle">{told}</text>'
    )


def _across(count: float) -> float:
    """Where a number of files stands, from 7 to 15,000."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (math.log(count) - math.log(7)) / (math.log(15_000) - math.log(7))


def _down(time: Seconds) -> float:
    """Where a time stands, from 0.08 to 60 seconds."""
    return (
        HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (math.log(time) - math.log(0.08)) / (math.log(60) - math.log(0.08))
    )
