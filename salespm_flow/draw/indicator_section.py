"""What a workflow's people are judged by, in words: scorecards with their weights, then KPIs. Knows no figures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.draw.phrases import Phrases
from salespm_flow.draw.words import ratio
from salespm_flow.model.rules import Better, Kpi, Scorecard

# A handbook names so many KPIs that no scorecard has; `kpi list` tells all.
NAMED: Final = 12
BETTER: Final[Mapping[Better, Bilingual]] = {
    Better.HIGHER: Bilingual("越高越好", "higher is better"),
    Better.LOWER: Bilingual("越低越好", "lower is better"),
}


def indicator_section(cards: Sequence[Scorecard], kpis: Sequence[Kpi], phrases: Phrases) -> Iterator[str]:
    """The lines of a section on indicators, none where there are neither scorecards nor KPIs."""
    if not cards and not kpis:
        return
    yield f"## {phrases.pick('考核指标', 'Indicators')}"
    yield ""
    for card in cards:
        yield f"- **{phrases.of(card.title)}** (`{card.id}`)"
        yield from (f"  - {_criterion(line.kpi, ratio(line.weight), phrases)}" for line in card.criteria.values())
    rated = {line.kpi for card in cards for line in card.criteria.values()}
    others = [kpi for kpi in kpis if kpi.id not in rated]
    yield from (f"- {_kpi(kpi, phrases)}" for kpi in others[:NAMED])
    if len(others) > NAMED:
        left = len(others) - NAMED
        yield phrases.pick(f"- 另有 {left} 项，见 `kpi list`", f"- {left} more: see `kpi list`")
    yield ""


def _criterion(kpi: str, weight: str, phrases: Phrases) -> str:
    title = phrases.titles.get(f"kpi.{kpi}")
    name = f"`{kpi}`" if title is None else f"{phrases.of(title)} (`{kpi}`)"
    return phrases.pick(f"{name}：权重 {weight}", f"{name}: weight {weight}")


def _kpi(kpi: Kpi, phrases: Phrases) -> str:
    name, better = f"{phrases.of(kpi.title)} (`{kpi.id}`)", phrases.of(BETTER[kpi.better])
    return phrases.pick(f"{name}：{better}", f"{name}: {better}")
