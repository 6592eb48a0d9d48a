"""Reasons that requests about tasks and risks share: a closed project, a missing right, unfit texts and times."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.gates import claim_asked, name_actor, name_parties
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.turn import Turn
from salespm_flow.engine.values import text_flaw
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.decision import Due, Reason, ReasonKind
from salespm_flow.model.expression import Effort, Party

TITLE_LIMIT: Final = 1_000
_TIMES: Final = {
    "due": Bilingual("期限", "due"),
    "effort": Bilingual("工作量", "effort"),
    "review": Bilingual("复核时间", "review"),
}


def closed_reasons(turn: Turn) -> list[Reason]:
    """The reason against anything in a project that is closed."""
    if turn.draft.is_open:
        return []
    message = Bilingual(f"项目 {turn.draft.id} 已关闭", f"the project {turn.draft.id} is closed")
    return [reason_of("closed", ReasonKind.CLOSED, message)]


def may_not(turn: Turn, deed: Bilingual, parties: Iterable[Party] = ()) -> Reason:
    """That who asks has no right to the deed, and who has."""
    who, parties = name_actor(turn.actor), tuple(parties)
    named, unclaimed = name_parties(parties), claim_asked(turn, turn.actor, parties)
    zh, en = f"{who.zh}无权{deed.zh}", f"{who.en} may not {deed.en}"
    if named.en:
        zh, en = f"{zh}；有权的是：{named.zh}{unclaimed.zh}", f"{en}; who may: {named.en}{unclaimed.en}"
    return reason_of("role", ReasonKind.ROLE, Bilingual(zh, en))


def text_reasons(texts: Iterable[str], name: str, noun: Bilingual) -> list[Reason]:
    """The reasons against texts that nobody could read: empty, too long, unprintable."""
    flaws = []
    for text in dict.fromkeys(texts):
        if not text.strip():
            flaws.append(Bilingual("不能为空", "must not be empty"))
        elif len(text) > TITLE_LIMIT:
            flaws.append(Bilingual(f"超过 {TITLE_LIMIT} 个字符", f"is longer than {TITLE_LIMIT} characters"))
        elif (flaw := text_flaw(text)) is not None:
            flaws.append(flaw)
    messages = (Bilingual(f"{noun.zh}{flaw.zh}", f"{noun.en} {flaw.en}") for flaw in flaws)
    return [reason_of(name, ReasonKind.VALUE, message) for message in messages]


def time_reasons(given: Due | Effort | None, name: str) -> list[Reason]:
    """The reason against a length of time that is not above zero; a moment may lie anywhere."""
    match given:
        case WorkingDays(days=size) | Months(count=size):
            is_positive = size > 0
        case timedelta():
            is_positive = given > timedelta()
        case _:
            is_positive = True
    if is_positive:
        return []
    noun = _TIMES.get(name, Bilingual("时长", name))
    message = Bilingual(f"{noun.zh}必须大于零", f"{noun.en} must be above zero")
    return [reason_of(name, ReasonKind.VALUE, message)]
