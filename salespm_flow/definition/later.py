"""Words that the language knows and a later version will read; each is refused by name, with what to do until then."""

from collections.abc import Mapping
from typing import Final

from salespm_flow.diagnostics import Bilingual

LATER_KINDS: Final[Mapping[str, Bilingual]] = {
    "plan": Bilingual(
        "计划由以后的版本读取；在此之前可用状态的 tasks 安排工作",
        "plans come with a later version; until then the tasks of states say what is to be done",
    ),
}
LATER_ACTIONS: Final[Mapping[str, Bilingual]] = {
    "webhook": Bilingual(
        "经 HTTP 外发由以后的版本提供；在此之前请用 notify，并读取发件箱",
        "calls over HTTP come with a later version; until then use notify and read the outbox",
    ),
}
