"""What one run of the command line works with: language, time, actor, definitions and store, each made when first used.

Imports nothing heavy at the top: help and completion open a session too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.language import asked_format, asked_language, language_of, locale_language
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.errors import DefinitionError, InputError, SalesPMFlowError

if TYPE_CHECKING:
    from pathlib import Path

    from salespm_flow.cli.render import Palette
    from salespm_flow.definition.workspace import Loaded
    from salespm_flow.engine.ports import Store
    from salespm_flow.engine.running.runner import Runner
    from salespm_flow.model.decision import Actor
    from salespm_flow.model.library import Library

STORE_VARIABLE: Final = "SALESPM_STORE"
# Far enough from the ends of what a clock can count that time zones, time limits and durations stay within them.
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
COLON: Final = Bilingual("：", ": ")
LATEST: Final = datetime(2999, 12, 31, 23, 59, tzinfo=UTC)


class Choices:
    """The shared options as given, each None until it is; one after the command wins over one before it."""

    # A plain class, as `Described` is a named tuple: making a dataclass takes as long as reading a module, and help
    # waits for it.
    __slots__ = ("actor", "comment", "dry_run", "format", "key", "lang", "now", "role", "store", "workspace")

    def __init__(self) -> None:
        self.lang: str | None = None
        self.store: str | None = None
        self.workspace: str | None = None
        self.format: str | None = None
        self.actor: str | None = None
        self.role: str | None = None
        self.now: str | None = None
        self.dry_run = False
        self.key: str | None = None
        self.comment: str | None = None


class Session:
    """One run. `choices` fills up while the command line is parsed; everything else follows from it."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.choices = Choices()
        # A copy: click consumes the list it parses.
        self._words = tuple(words)
        self._closers: list[Callable[[], None]] = []

    def close(self) -> None:
        """What was opened is released."""
        while self._closers:
            self._closers.pop()()

    # ------------------------------------------------------------------------------------------------ language

    @property
    def early_language(self) -> Language:
        """The language as far as it is known without reading a file."""
        return asked_language(self._words) or locale_language(self.environment) or Language.EN

    @cached_property
    def language(self) -> Language:
        """The language asked for, else the locale's, else the workspace's, else English."""
        asked = language_of(self.choices.lang) or asked_language(self._words) or locale_language(self.environment)
        if asked is not None:
            return asked
        from salespm_flow.definition.workspace import read_settings

        try:
            # The settings alone: a word of a command must not wait for every definition of the workspace.
            return read_settings(self.root).language or Language.EN
        except SalesPMFlowError:  # the folder given does not exist; that is told in some language
            return Language.EN

    def text(self, zh: str, en: str) -> str:
        """The one of the two that is in the session's language."""
        return Bilingual(zh, en).of(self.language)

    def of(self, text: Bilingual) -> str:
        """The text in the session's language."""
        return text.of(self.language)

    @property
    def colon(self) -> str:
        """What stands between a label and what it is a label of."""
        return COLON.of(self.language)

    # -------------------------------------------------------------------------------------------------- output

    @property
    def is_json(self) -> bool:
        """Whether data is to be JSON."""
        return self.choices.format == "json"

    @property
    def is_json_asked(self) -> bool:
        """As `is_json`, known even where the arguments cannot be parsed."""
        return asked_format(self._words) == "json"

    @cached_property
    def palette(self) -> "Palette":
        """The colours of standard output, where it has any."""
        from salespm_flow.cli.render import palette_of

        return palette_of(self.environment)

    # ------------------------------------------------------------------------------------------- time and actor

    @cached_property
    def at(self) -> datetime | None:
        """The time given by `--now`, in UTC; None for the machine's.

        Raises:
            InputError: the text is no time.
        """
        return None if self.choices.now is None else self.moment(self.choices.now)

    @property
    def now(self) -> datetime:
        """The time that counts as now."""
        return self.at or datetime.now(UTC)

    def written_moment(self, text: str) -> datetime:
        """The time that the text writes, wherever it lies.

        Raises:
            InputError: the text is no time.
        """
        from salespm_flow.definition.literals import parse_value
        from salespm_flow.model.fields import Scalar, SimpleType

        is_date = len(text.strip()) == len("2026-03-02")
        value = parse_value(f"{text.strip()}T00:00" if is_date else text, SimpleType(Scalar.DATETIME), self.zone)
        if not isinstance(value, datetime):
            raise InputError(Bilingual("时间不能为空", "a time must not be blank"))
        return value

    def moment(self, text: str) -> datetime:
        """The time that the text writes, in UTC; a date alone is its first moment in the workspace's time zone.

        Raises:
            InputError: the text is no time, or one beyond `EARLIEST` to `LATEST`.
        """
        value = self.written_moment(text)
        # Compared before it is converted: at the ends of the calendar another time zone is already beyond it.
        if not EARLIEST <= value <= LATEST:
            accepted = f"{EARLIEST:%Y-%m-%d} … {LATEST:%Y-%m-%d}"
            raise InputError(
                Bilingual(f"时间“{text.strip()}”超出可用范围", f'the time "{text.strip()}" is out of range'),
                Bilingual(f"可用范围：{accepted}", f"accepted: {accepted}"),
            )
        return value.astimezone(UTC)

    @cached_property
    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        from salespm_flow.model.zones import zone_named

        return zone_named(self.library.workspace.timezone)

    @cached_property
    def actor(self) -> "Actor":
        """Who acts, in which role.

        Raises:
            InputError: the engine's own name was claimed.
        """
        return actor_named(self.choices.actor or _user(self.environment), self.choices.role or "")

    # --------------------------------------------------------------------------------------- definitions, store

    @cached_property
    def root(self) -> "Path | None":
        """The workspace's folder, found upwards from here unless it was given; None where there is none.

        Raises:
            InputError: the folder given does not exist.
        """
        from pathlib import Path

        from salespm_flow.definition.workspace import find_workspace

        if self.choices.workspace is None:
            return find_workspace(Path.cwd())
        given = Path(self.choices.workspace)
        if not given.is_dir():
            raise InputError(
                Bilingual(f"没有工作区文件夹“{given}”", f'there is no workspace folder "{given}"'),
                Bilingual("用 init 建立一个", "make one with init"),
            )
        return given

    @cached_property
    def loaded(self) -> "Loaded":
        """The workspace's definitions with every finding in them; without a workspace the shipped ones."""
        from salespm_flow.definition.workspace import load

        return load(self.root)

    @cached_property
    def library(self) -> "Library":
        """The definitions in force. Broken ones are left out, with a word about it: what runs on others goes on.

        Raises:
            DefinitionError: the settings are broken; going on would mean another time zone, currency or store.
        """
        from salespm_flow.definition.drafts import SETTINGS

        if any(found.span.file.rpartition("/")[2] == SETTINGS for found in self.loaded.errors):
            raise DefinitionError(
                Bilingual("工作区设置有错误，没有执行", "the settings of the workspace have errors; nothing was done"),
                self.loaded.errors,
            )
        if self.loaded.errors:
            from salespm_flow.cli.output import write_message

            count = len(self.loaded.errors)
            write_message(
                self.text(
                    f"警告：定义文件有 {count} 个错误，出错的定义不可用；用 validate 查看",
                    f"warning: {count} error(s) in the definition files; what they concern is left out; see validate",
                )
            )
        return self.loaded.library

    @cached_property
    def store(self) -> "Store":
        """The store, opened.

        Raises:
            StoreError: it is missing or cannot be used.
        """
        from salespm_flow.store import open_store

        store = open_store(self.store_place)
        self._closers.append(store.close)
        return store

    @property
    def store_place(self) -> str:
        """Where the store is, a path or a URL: as given, else as the environment says, else as the workspace says."""
        given = self.choices.store or self.environment.get(STORE_VARIABLE)
        place = given or self.library.workspace.store
        return place if given or "://" in place or self.root is None else str(self.root / place)

    @cached_property
    def runner(self) -> "Runner":
        """The one guarded path to the store."""
        from salespm_flow.engine.running.runner import Runner
        from salespm_flow.engine.system_clock import SystemClock

        return Runner(self.store, self.library, SystemClock())


@contextmanager
def open_session(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[Session]:
    """A session that is closed at the end."""
    session = Session(words, environment)
    try:
        yield session
    finally:
        session.close()


def actor_named(name: str, role: str) -> "Actor":
    """The person of that name acting in the role.

    Raises:
        InputError: the engine's own name was claimed.
    """
    from salespm_flow.model.decision import SYSTEM, Actor

    if name == SYSTEM:
        raise InputError(
            Bilingual(
                f"操作人不能是“{SYSTEM}”，这个名字留给引擎", f'"{SYSTEM}" is the engine itself and cannot act here'
            ),
            Bilingual("用 --as 给出姓名或工号", "name a person with --as"),
        )
    return Actor(id=name, role=role)


def _user(environment: Mapping[str, str]) -> str:
    """The system's name of the user."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if environment.get(variable):
            return environment[variable]
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user: a bare container
        return "user"
