"""The permanent codes of errors (SF5xx): a call could not proceed. Knows no exceptions; a test holds both equal."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual

ERROR_CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        "SF500": Bilingual("请求无法进行", "a call cannot proceed"),
        "SF501": Bilingual("定义文件有错误", "definition files have errors"),
        "SF502": Bilingual("名字不存在", "a name that does not exist"),
        "SF503": Bilingual("值无法读取", "a value that cannot be read"),
        "SF504": Bilingual("幂等键已用于另一个请求", "an idempotency key used for another request"),
        "SF505": Bilingual("其他进程一直在修改", "other writers kept changing the project"),
        "SF506": Bilingual("固定的定义已丢失或被改动", "a pinned definition is lost or was changed"),
        "SF507": Bilingual("项目所用的日历或参照表无法加载", "a calendar or reference cannot be loaded now"),
        "SF508": Bilingual("缺少附加组件", "an optional library is not installed"),
        "SF510": Bilingual("数据库无法使用", "the store cannot be used"),
        "SF511": Bilingual("数据库不存在", "no store at that place"),
        "SF512": Bilingual("不是本程序的数据库", "not a store of this program"),
        "SF513": Bilingual("数据库已损坏", "the store is damaged"),
        "SF514": Bilingual("数据库来自更新的版本", "the store is from a newer version"),
        "SF515": Bilingual("数据库被其他进程锁住", "the store is locked by another process"),
        "SF516": Bilingual("数据库不可写", "the store cannot be written"),
        "SF517": Bilingual("磁盘空间不足", "no space is left"),
        "SF518": Bilingual("磁盘或文件系统出错", "the disk or the file system failed"),
        "SF520": Bilingual("导入文件无法使用", "a file of rows cannot be used"),
        "SF521": Bilingual("导出文件无法写入", "an export file cannot be written"),
        "SF523": Bilingual("模型文件无法使用", "a model file cannot be used"),
        "SF524": Bilingual("状态图画不出来", "a state diagram cannot be drawn"),
        "SF530": Bilingual("日历无法回答", "a calendar cannot answer"),
        "SF597": Bilingual("命令行用法错误，退出码为 2", "the command line is wrong (exit code 2)"),
        "SF598": Bilingual("系统出错", "the operating system refused"),
        "SF599": Bilingual("程序内部错误", "the program itself failed"),
    }
)
