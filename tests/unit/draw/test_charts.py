"""Charts: sound drawings of any figures, also of none, with words that stay where there is room for them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.diagnostics import Language
from salespm_flow.draw.charts.bars import ForecastBar, forecast_bars
from salespm_flow.draw.charts.canvas import Canvas, fitted, room_of, shade
from salespm_flow.draw.charts.funnel import FunnelStage, funnel
from salespm_flow.draw.charts.scale import brief, days_between, ticks
from salespm_flow.draw.charts.scores import ScoreBar, score_bars
from salespm_flow.draw.charts.series import burndown_chart, cumulative_chart
from salespm_flow.draw.charts.timeline import Bar, timeline

ZH, EN = Language.ZH, Language.EN
SVG = "{http://www.w3.org/2000/svg}"
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = "客户关系维护与二次开发机会跟进（含年度框架协议续签）"


def drawn(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 -- our own picture


def words(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def outside(root: ET.Element) -> list[str]:
    """Words that leave the drawing."""
    width = float(root.attrib["width"])
    found = []
    for text in root.iter(f"{SVG}text"):
        room, x = room_of(text.text or "", float(text.attrib["font-size"])), float(text.attrib["x"])
        left = {"start": x, "middle": x - room / 2, "end": x - room}[text.attrib["text-anchor"]]
        if left < -1 or left + room > width + 1:
            found.append(text.text or "")
    return found


def sample_funnel(title: str, value: float) -> str:
    stages = [FunnelStage(title=title, count=int(value), told="转化 50%"), FunnelStage(title="末", count=0, told="—")]
    return funnel(stages, title=title, language=ZH)


def sample_bars(title: str, value: float) -> str:
    bar = ForecastBar(label=title, won=value / 2, mean=value, low=value * 0.9, high=value * 1.1, target=value)
    return forecast_bars([bar, bar], title=title, language=ZH)


def sample_scores(title: str, value: float) -> str:
    bars = [
        ScoreBar(title=title, points=min(value, 120), told=title),
        ScoreBar(title=title, points=None, told=""),
    ]
    return score_bars(bars, title=title, language=ZH)


def sample_burndown(title: str, value: float) -> str:
    days = [DAY + timedelta(days=place) for place in range(5)]
    return burndown_chart(days, [value] * 5, [value, 0, 0, 0, 0], title=title, language=ZH)


def sample_cumulative(title: str, value: float) -> str:
    days = [DAY + timedelta(days=place * 40) for place in range(5)]
    return cumulative_chart(days, {title: [value] * 5, "结束": [0] * 5}, title=title, language=ZH)


def sample_timeline(title: str, value: float) -> str:
    bars = [
        Bar(row=title, start=AT, end=AT + timedelta(seconds=value), told="1 天"),
        Bar(row="末", start=AT, end=AT, told="0 天", is_running=True),
    ]
    return timeline(bars, title=title, language=ZH)


SAMPLES = (sample_funnel, sample_bars, sample_scores, sample_burndown, sample_cumulative, sample_timeline)


@pytest.mark.parametrize("title", ["Lead", LONG, "<b>&\"'"])
@pytest.mark.parametrize("value", [0.0, 0.4, 7.0, 123456789.0])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_chart_is_sound_and_its_words_stay_within_it(
    sample: Callable[[str, float], str], value: float, title: str
) -> None:
    root = drawn(sample(title, value))
    assert outside(root) == []
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == title
    assert "NaN" not in ET.tostring(root, encoding="unicode")


def test_no_stay_draws_an_empty_timeline() -> None:
    assert words(drawn(timeline([], title="none", language=EN))) == []


def test_each_stage_of_a_funnel_is_as_wide_as_it_is_large() -> None:
    stages = [FunnelStage(title=name, count=count, told="") for name, count in (("a", 100), ("b", 50), ("c", 25))]
    shapes = drawn(funnel(stages, title="f", language=EN)).iter(f"{SVG}polygon")
    widths = []
    for shape in shapes:
        (left, _), (right, _), *_rest = (point.split(",") for point in shape.attrib["points"].split())
        widths.append(float(right) - float(left))
    assert widths == [170, 85, 42.5]


def test_the_bar_of_a_forecast_reaches_its_mean_and_the_line_its_spread() -> None:
    bar = ForecastBar(label="Q3", won=100, mean=300, low=200, high=400)
    root = drawn(forecast_bars([bar], title="f", language=EN))
    soft, won, *_legend = root.iter(f"{SVG}rect")
    assert (float(soft.attrib["height"]), float(won.attrib["height"])) == (110, 55)
    line = next(one for one in root.iter(f"{SVG}polyline") if one.attrib["class"] == "c-spread")
    top, bottom = (float(point.split(",")[1]) for point in line.attrib["points"].split())
    assert abs(top - bottom) == 110


@given(st.floats(min_value=0, max_value=1e15))
def test_an_axis_reaches_its_highest_value_in_a_few_round_steps(highest: float) -> None:
    found = ticks(highest)
    assert found[0] == 0
    assert found[-1] >= highest * 0.998
    assert 2 <= len(found) <= 8


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [(0, "0", "0"), (12.5, "12.5", "12.5"), (1_500, "1,500", "1.5K"), (38_880_000, "3,888万", "38.9M")],
)
def test_large_numbers_are_brief_in_both_languages(value: float, zh: str, en: str) -> None:
    assert (brief(value, ZH), brief(value, EN)) == (zh, en)


def test_days_of_an_axis_include_both_ends() -> None:
    assert days_between(DAY, DAY + timedelta(days=10), 3) == (DAY, DAY + timedelta(days=5), DAY + timedelta(days=10))
    assert days_between(DAY, DAY) == (DAY, DAY + timedelta(days=1))


@given(st.text(max_size=40), st.floats(min_value=20, max_value=300))
def test_fitted_words_fit_and_are_cut_only_where_they_must(said: str, room: float) -> None:
    found = fitted(said, room, 12)
    assert room_of(found, 12) <= max(room, room_of("…", 12))
    assert found == said or found.endswith("…")


def test_shades_go_from_dark_to_light() -> None:
    assert [shade(place, 9) for place in range(9)] == sorted(shade(place, 9) for place in range(9))
    assert shade(0, 1) == "c-0"


def test_what_others_wrote_cannot_leave_the_drawing() -> None:
    canvas = Canvas(10, 10, title='"><script>', language=EN)
    canvas.text(0, 0, "</text><script>")
    assert [element.tag for element in drawn(canvas.svg())] == [f"{SVG}title", f"{SVG}style", f"{SVG}text"]
