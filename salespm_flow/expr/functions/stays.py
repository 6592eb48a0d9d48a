"""The functions that ask about the project's own stays and changes."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import stays
from salespm_flow.expr.forms import A_STATE, TEXTS, named, partial, simple
from salespm_flow.expr.signatures import Function, Parameter, Signature
from salespm_flow.expr.types import BOOLEAN, DATETIME, DURATION, Kind

STAY_FUNCTIONS: Mapping[str, Function] = {
    "in_state": Function(
        signatures=simple((A_STATE,), BOOLEAN, stays.in_state),
        description=Bilingual("项目是否处于该状态", "Whether the project is in the state"),
        example='in_state("negotiation")',
    ),
    "time_in": Function(
        signatures=(partial((A_STATE,), DURATION, stays.time_in),),
        description=Bilingual(
            "本次停留的时长；不在该状态时为空值", "How long the current stay has lasted; null outside it"
        ),
        example='time_in("negotiation") > 25d',
    ),
    "entered": Function(
        signatures=(partial((A_STATE,), DATETIME, stays.entered_at),),
        description=Bilingual("最近一次进入该状态的时间", "When the state was entered last; null if never"),
        example='date(entered("negotiation")) <= today()',
    ),
    "changed": Function(
        signatures=(
            Signature(
                parameters=(Parameter("field or record", TEXTS), *named(Kind.DATETIME, "since")),
                optional=1,
                result=BOOLEAN,
                body=stays.changed,
            ),
        ),
        description=Bilingual(
            "字段或记录在立项之后，或在某时间之后，是否改动过",
            "Whether the field or record changed after the project was opened, or after a moment",
        ),
        example='changed("needs", entered("proposal"))',
    ),
}
