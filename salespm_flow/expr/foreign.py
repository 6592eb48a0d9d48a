"""What other languages write in expressions, and what is written here instead. Knows no grammar."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual

# By its first characters.
FOREIGN: Mapping[str, Bilingual] = MappingProxyType(
    {
        "==": Bilingual("相等写作 `=`", "equality is written `=`"),
        "<>": Bilingual("不等写作 `!=`", "inequality is written `!=`"),
        "&&": Bilingual("写作 `and`", "write `and`"),
        "||": Bilingual("写作 `or`", "write `or`"),
        "!": Bilingual("写作 `not(…)`", "write `not(…)`"),
        "'": Bilingual('字符串用双引号："price"', 'strings take double quotes: "price"'),
        "%": Bilingual(
            "百分号紧跟数字：`15%`；求余写作 `modulo(a, b)`", "write `15%` without a space, or `modulo(a, b)`"
        ),
        "$": Bilingual('金额写作 `money(5, "USD")`', 'write `money(5, "USD")`'),
        "￥": Bilingual('金额写作 `money(5, "CNY")`', 'write `money(5, "CNY")`'),
        "¥": Bilingual('金额写作 `money(5, "CNY")`', 'write `money(5, "CNY")`'),
    }
)
# Of those, what can be written in the same place and means the same.
SPELLINGS: Mapping[str, str] = MappingProxyType({"==": "=", "<>": "!=", "&&": "and", "||": "or"})
