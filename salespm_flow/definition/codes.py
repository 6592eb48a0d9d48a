"""The permanent codes of what can be wrong with the text and the shape of a definition file (SF1xx)."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual

CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        # The file and its characters
        "SF101": Bilingual("无法读取文件", "the file cannot be read"),
        "SF102": Bilingual("文件太大", "the file is too large"),
        "SF103": Bilingual("文件不是 UTF-8", "the file is not UTF-8"),
        "SF104": Bilingual("文件是 UTF-16 或 UTF-32", "the file is UTF-16 or UTF-32"),
        "SF105": Bilingual("不允许的控制字符", "a control character"),
        "SF106": Bilingual("文件开头有 BOM", "a byte order mark at the start"),
        # What the language leaves out of YAML
        "SF107": Bilingual("空文件", "an empty file"),
        "SF108": Bilingual("一个文件里有多个文档", "more than one document in a file"),
        "SF109": Bilingual("嵌套太深", "nested too deeply"),
        "SF110": Bilingual("内容太多", "too many values"),
        "SF111": Bilingual("别名太多或展开太大", "too many aliases, or too much behind them"),
        "SF112": Bilingual("别名没有对应的锚点", "an alias without an anchor"),
        "SF113": Bilingual("不允许标签", "a tag"),
        "SF114": Bilingual("不允许合并键", "a merge key"),
        "SF115": Bilingual("重复的键", "a key given twice"),
        "SF116": Bilingual("键不是文本", "a key that is no text"),
        "SF117": Bilingual("键没有值", "a key without a value"),
        "SF118": Bilingual("数字超出范围", "a number out of range"),
        "SF119": Bilingual("文档不是映射", "a document that is no map"),
        # YAML syntax
        "SF120": Bilingual("用制表符缩进", "indentation with a tab"),
        "SF121": Bilingual("括号没有闭合", "a bracket that is not closed"),
        "SF122": Bilingual("引号没有闭合", "a quote that is not closed"),
        "SF123": Bilingual("这里不能有冒号", "a colon where none can be"),
        "SF124": Bilingual("缺少冒号", "a colon is missing"),
        "SF125": Bilingual("值不能以这个字符开头", "a character that cannot begin a value"),
        "SF126": Bilingual("无效的转义", "an escape that does not exist"),
        "SF127": Bilingual("缩进或结构错误", "wrong indentation or structure"),
        "SF128": Bilingual("不是有效的 YAML", "no valid YAML"),
        # Shape
        "SF140": Bilingual("不认识的键", "an unknown key"),
        "SF141": Bilingual("缺少键", "a missing key"),
        "SF142": Bilingual("类型不对", "the wrong type of value"),
        "SF143": Bilingual("不在可选值之内", "none of the accepted values"),
        "SF144": Bilingual("格式不对", "the wrong form"),
        "SF145": Bilingual("数值超出界限", "a number out of bounds"),
        "SF146": Bilingual("项数不对", "too few or too many entries"),
        "SF147": Bilingual("列表中有重复项", "an item given twice in a list"),
        "SF148": Bilingual("键不能用在这里", "a key that does not belong here"),
        "SF149": Bilingual("名称不合规", "a name that cannot be used"),
        "SF150": Bilingual("不认识的文档种类", "an unknown kind of document"),
        "SF159": Bilingual("不合 schema", "against the schema"),
    }
)
