"""What has changed about the fields and records: which there are, of what type, within which bounds, whose to write."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.literals import write_value
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.values import compare, label
from salespm_flow.evolve.difference import Difference, Impact, Nature
from salespm_flow.evolve.pairing import Pairing, pair_ids
from salespm_flow.evolve.transitions import right_differences
from salespm_flow.evolve.versions import Place, Versions, told
from salespm_flow.evolve.words import NOTHING, enum_ids, names_of, text_of, type_label
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import EnumOf, Field, FieldType, Record, Scalar, SimpleType
from salespm_flow.nouns import dataclass

_FIELD = Bilingual("字段", "Field")
_COLUMN = Bilingual("列", "Column")
# What a whole number is, a number is too.
_WIDER = frozenset({(SimpleType(Scalar.INTEGER), SimpleType(Scalar.NUMBER))})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """The fields of both versions that stand in one place of the document."""

    path: str
    noun: Bilingual
    old: Mapping[str, Field]
    new: Mapping[str, Field]
    pairs: Pairing

    def place(self, new: Field | None, old: Field | None) -> Place:
        field = new or old
        if field is None:
            raise ValueError(self.path)
        name = label(field.id, field.title)
        return Place(
            path=f"{self.path}.{field.id}",
            subject=field.id,
            name=Bilingual(f"{self.noun.zh}{name.zh}", f"{self.noun.en} {name.en}"),
            span=None if new is None else new.span,
            former=None if old is None else old.span,
        )


def field_differences(versions: Versions) -> Iterator[Difference]:
    """In the order of the older version, what is new last; then the records with their columns."""
    old, new = versions.old, versions.new
    yield from _shelf(
        versions, _Shelf(path="fields", noun=_FIELD, old=old.fields, new=new.fields, pairs=versions.fields)
    )
    pairs = pair_ids(old.records, new.records)
    for name in pairs.removed:
        words = Bilingual("被移除：已有的行只留在历史里", "is removed: its rows stay in the history only")
        yield told(_record(None, old.records[name]), Nature.REMOVED, Impact.BREAKING, words, was=name)
    for name in pairs.added:
        words = Bilingual("是新增记录", "is a new record")
        yield told(_record(new.records[name], None), Nature.ADDED, Impact.SAFE, words, now=name)
    for name in pairs.kept:
        yield from _kept_record(versions, old.records[name], new.records[name])


def _record(new: Record | None, old: Record | None) -> Place:
    record = new or old
    if record is None:
        raise ValueError
    name = label(record.id, record.title)
    return Place(
        path=f"records.{record.id}",
        subject=record.id,
        name=Bilingual(f"记录{name.zh}", f"Record {name.en}"),
        span=None if new is None else new.span,
        former=None if old is None else old.span,
    )


def _kept_record(versions: Versions, old: Record, new: Record) -> Iterator[Difference]:
    place = _record(new, old)
    if old.key != new.key:
        words = Bilingual(
            f"的键从 {old.key or NOTHING.zh} 改为 {new.key or NOTHING.zh}", f"has another key: {old.key} → {new.key}"
        )
        path = place.inside("key")
        yield told(place, Nature.CHANGED, Impact.BREAKING, words, path=path, was=old.key or "", now=new.key or "")
    yield from right_differences(place, "by", old.by, new.by)
    pairs = pair_ids(old.fields, new.fields)
    shelf = _Shelf(path=place.inside("fields"), noun=_COLUMN, old=old.fields, new=new.fields, pairs=pairs)
    yield from _shelf(versions, shelf)


def _shelf(versions: Versions, shelf: _Shelf) -> Iterator[Difference]:
    for name in shelf.pairs.removed:
        field = shelf.old[name]
        words = Bilingual("被移除", "is removed")
        impact = Impact.SAFE if field.formula is not None else Impact.MAPPING
        yield told(shelf.place(None, field), Nature.REMOVED, impact, words, was=name)
    for before, after in shelf.pairs.kept.items():
        yield from _kept(versions, shelf, shelf.old[before], shelf.new[after])
    for name in shelf.pairs.added:
        field = shelf.new[name]
        must = field.is_required and field.default is None
        impact = Impact.MAPPING if must else Impact.SAFE
        words = Bilingual("是新增的必填字段", "is new and required") if must else Bilingual("是新增字段", "is new")
        yield told(shelf.place(field, None), Nature.ADDED, impact, words, now=name)


def _kept(versions: Versions, shelf: _Shelf, old: Field, new: Field) -> Iterator[Difference]:
    place = shelf.place(new, old)
    if old.id != new.id:
        words = Bilingual(f"由 {old.id} 改名而来", f"was called {old.id}")
        yield told(place, Nature.RENAMED, Impact.MAPPING, words, was=old.id, now=new.id)
    yield from _type(place, old, new)
    yield from _bounds(place, old, new)
    if old.is_required != new.is_required:
        is_now = new.is_required
        nature = Nature.TIGHTENED if is_now else Nature.LOOSENED
        impact = Impact.MAPPING if is_now and new.default is None else Impact.SAFE
        words = (
            Bilingual("现在必填", "is required now") if is_now else Bilingual("不再必填", "is not required any more")
        )
        yield told(place, nature, impact, words, path=place.inside("required"))
    if old.default != new.default:
        was, now = write_value(old.default, old.type), write_value(new.default, new.type)
        words = Bilingual(
            f"的默认值从 {was or NOTHING.zh} 改为 {now or NOTHING.zh}", f"has another default: {was} → {now}"
        )
        yield told(place, Nature.CHANGED, Impact.SAFE, words, path=place.inside("default"), was=was, now=now)
    was, now = text_of(old.formula), text_of(new.formula)
    if was != now:
        is_both = bool(was and now)
        words = (
            Bilingual("的公式改了", "is worked out otherwise")
            if is_both
            else Bilingual(
                "由填写改为计算" if now else "由计算改为填写",
                "is computed now" if now else "is given now, not computed",
            )
        )
        impact = Impact.BREAKING if is_both or now else Impact.SAFE
        yield told(place, Nature.CHANGED, impact, words, path=place.inside("formula"), was=was, now=now)
    yield from right_differences(place, "by", old.by, new.by)
    yield from _editable(versions, place, old, new)


def _type(place: Place, old: Field, new: Field) -> Iterator[Difference]:
    if isinstance(old.type, EnumOf) and isinstance(new.type, EnumOf):
        yield from _values(place, old.type, new.type)
        return
    if old.type == new.type:
        return
    was, now = _type_text(old.type), _type_text(new.type)
    impact = Impact.SAFE if (old.type, new.type) in _WIDER or old.formula is not None else Impact.MAPPING
    words = Bilingual(f"的类型从{was.zh}改为{now.zh}", f"was {was.en} and is {now.en}")
    yield told(place, Nature.CHANGED, impact, words, path=place.inside("type"), was=was.en, now=now.en)


def _type_text(declared: FieldType) -> Bilingual:
    return Bilingual("整数", "a whole number") if declared == SimpleType(Scalar.INTEGER) else type_label(declared)


def _values(place: Place, old: EnumOf, new: EnumOf) -> Iterator[Difference]:
    before, after = enum_ids(old), enum_ids(new)
    lost = tuple(one for one in before if one not in after)
    won = tuple(one for one in after if one not in before)
    path = place.inside("values")
    if lost:
        listed = ", ".join(lost)
        words = Bilingual(f"不再有取值 {listed}", f"has no value {listed} any more")
        yield told(place, Nature.REMOVED, Impact.MAPPING, words, path=path, was=listed)
    if won:
        listed = ", ".join(won)
        words = Bilingual(f"多了取值 {listed}", f"has the new value {listed}")
        yield told(place, Nature.ADDED, Impact.SAFE, words, path=path, now=listed)


def _bounds(place: Place, old: Field, new: Field) -> Iterator[Difference]:
    pairs = (
        ("min", Bilingual("下限", "lower bound"), old.minimum, new.minimum),
        ("max", Bilingual("上限", "upper bound"), old.maximum, new.maximum),
    )
    for key, noun, was, now in pairs:
        if was == now:
            continue
        is_tighter = _is_tighter(was, now, is_lower=key == "min")
        texts = write_value(was, old.type), write_value(now, new.type)
        words = Bilingual(
            f"的{noun.zh}从 {texts[0] or NOTHING.zh} 改为 {texts[1] or NOTHING.zh}",
            f"has another {noun.en}: {texts[0] or NOTHING.en} → {texts[1] or NOTHING.en}",
        )
        nature = Nature.TIGHTENED if is_tighter else Nature.LOOSENED
        impact = Impact.MAPPING if is_tighter else Impact.SAFE
        yield told(place, nature, impact, words, path=place.inside(key), was=texts[0], now=texts[1])


def _is_tighter(was: Value, now: Value, *, is_lower: bool) -> bool:
    if was is None or now is None:
        return now is not None
    order = compare(now, was)
    return order != (-1 if is_lower else 1)


def _editable(versions: Versions, place: Place, old: Field, new: Field) -> Iterator[Difference]:
    before = None if old.editable_in is None else frozenset(map(versions.state_now, old.editable_in))
    after = None if new.editable_in is None else frozenset(new.editable_in)
    if before == after:
        return
    is_wider = after is None or (before is not None and before <= after)
    nature, impact = (Nature.LOOSENED, Impact.SAFE) if is_wider else (Nature.TIGHTENED, Impact.BREAKING)
    was = "" if old.editable_in is None else names_of(old.editable_in, versions.old)
    now = "" if new.editable_in is None else names_of(new.editable_in, versions.new)
    words = Bilingual(
        f"可修改的状态从 {was or '全部'} 改为 {now or '全部'}",
        f"can be changed in {now or 'every state'}, not in {was or 'every state'}",
    )
    yield told(place, nature, impact, words, path=place.inside("editable_in"), was=was, now=now)
