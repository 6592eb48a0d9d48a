"""Why a figure of a forecast is not told: for people and for programs alike. Works nothing out."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.measure.forecast import Forecast
from salespm_flow.rules.forecast.outlook import Outlook


def reasons_of(found: Forecast) -> Mapping[str, Bilingual]:
    """The figures that are not told, each with the reason."""
    return {**_learned(found), **_against(found.outlook)}


def _learned(found: Forecast) -> Mapping[str, Bilingual]:
    """What history is too short for."""
    told: dict[str, Bilingual] = {}
    if all(one.calibrated is None for one in found.odds.values()):
        count = found.minimum
        told["calibrated"] = Bilingual(
            f"没有历史赢率：每个阶段已结束的项目都不足 {count} 个，暂用定义的概率",
            f"no calibrated probability: fewer than {count} projects have ended in every stage; the declared stand in",
        )
    rate = found.books.win_rate_value
    if rate is None:
        told["coverage_needed"] = Bilingual(
            "没有所需覆盖率：还没有带金额的项目结束", "no coverage needed: no project with an amount has ended yet"
        )
    elif rate == 0:
        told["coverage_needed"] = Bilingual(
            "没有所需覆盖率：还没有赢过单", "no coverage needed: nothing has been won yet"
        )
    return told


def _against(one: Outlook) -> Mapping[str, Bilingual]:
    """What a target or a period is missing for."""
    if one.target is None:
        return {}
    told: dict[str, Bilingual] = {}
    if one.attainment is None:
        told["attainment"] = Bilingual("没有达成率：目标不大于零", "no attainment: the target is not above zero")
    if one.elapsed is None:
        told["pace"] = Bilingual(
            "没有进度：期间没有起止日期，或没有工作日", "no pace: the period has no two ends, or no working day"
        )
    elif one.elapsed == 0:
        told["pace"] = Bilingual("没有进度：期间尚未开始", "no pace: the period has not begun")
    if one.coverage is None and one.attainment is not None:
        told["coverage"] = Bilingual("没有覆盖率：目标已达成", "no coverage: the target is reached")
    return told
