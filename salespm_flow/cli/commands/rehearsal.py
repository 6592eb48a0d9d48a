"""A project that lives in memory only, and the lines that move it: what `try` works with.

Every line runs the command of that name, in a session whose store is in memory; so nothing is judged here.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from salespm_flow.cli.commands import advance, approve, history, record, reject, status, task, why
from salespm_flow.cli.commands import set as set_fields
from salespm_flow.cli.context import Session, actor_named
from salespm_flow.cli.lookup import check_role, find_project, workflow_of
from salespm_flow.cli.output import write_text
from salespm_flow.cli.render import Ink, pairs
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.cli.values import moment
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.engine.views.offers import Offer, offers
from salespm_flow.errors import InputError, SalesPMFlowError
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.store.sqlite import SqliteStore, open_in_memory

PROJECT: Final = "try"
COMMENT: Final = ("-m", "--comment")
FULL_WIDTH: Final = str.maketrans({"：": ":", "＝": "=", "　": " "})
USAGE: Final[Mapping[str, Bilingual]] = {
    "TRANSITION [field=value …] [-m …]": Bilingual("触发转移", "fire a transition"),
    "set field=value …": Bilingual("修改字段", "change fields"),
    "add RECORD field=value …": Bilingual("登记一行记录", "add a row to a record"),
    "done TASK": Bilingual("完成任务", "complete a task"),
    "approve [APPROVAL], reject …": Bilingual("审批", "vote on what waits for approval"),
    "as NAME[:ROLE]": Bilingual("换一个人操作", "act as somebody else"),
    "on PROJECT": Bilingual("换到子项目，或换回 try", "turn to a child project, or back to try"),
    "wait 3d | 5wd": Bilingual("让时间过去，到期的计时会触发", "let time pass; what falls due fires"),
    "why [TRANSITION]": Bilingual("能走哪些转移，不能走的原因", "the moves, and every reason against them"),
    "status": Bilingual("项目现状", "where the project stands"),
    "history": Bilingual("发生过什么", "what has happened"),
    "undo": Bilingual("撤销上一步", "take the last step back"),
    "help, quit": Bilingual("本说明；结束", "these lines; the end"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What `undo` goes back to."""

    store: SqliteStore
    at: datetime


class Rehearsal:
    """A session on a store in memory, the project in hand, and the steps that can be taken back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.project = PROJECT
        self._store = open_in_memory()
        self._past: list[_Past] = []
        # The definitions are as the workspace has them; time stands still unless a line says `wait`.
        self._stand_on(self._store, session.now)

    def close(self) -> None:
        """The memory is free again."""
        for store in (self._store, *(past.store for past in self._past)):
            store.close()

    def _stand_on(self, store: SqliteStore, at: datetime) -> None:
        self._store = store
        self.session.store = store
        self.session.runner = Runner(store, self.session.library, SystemClock())
        self.session.at = at

    # ------------------------------------------------------------------------------------------------- one line

    def perform(self, line: str) -> int | None:
        """The line is done: 0, or 1 where it was refused; None where it ends the rehearsal.

        Raises:
            SalesPMFlowError: the line cannot be understood, or names what does not exist.
        """
        words = _words(line)
        if not words:
            return 0
        if words[:2] in _IN_EARNEST:
            words = words[1:]
        verb, rest = words[0], words[1:]
        if verb in {"quit", "exit"}:
            return None
        act = _VERBS.get(verb)
        return self.fire(words) if act is None else act(self, rest)

    def fire(self, words: tuple[str, ...]) -> int:
        """The transition of the first word, or every reason why not."""
        if not words:
            raise _usage("advance TRANSITION")
        words, comment = _without_comment(words)
        self.session.choices.comment = comment
        return self._step(lambda: advance.run(self.session, self.project, words[0], words[1:]))

    def set(self, words: tuple[str, ...]) -> int:
        """The fields have new values, or every reason why not."""
        return self._step(lambda: set_fields.run(self.session, self.project, words))

    def add(self, words: tuple[str, ...]) -> int:
        """The record has one more row, or every reason why not."""
        if not words:
            raise _usage("add RECORD field=value …")
        return self._step(lambda: record.add(self.session, self.project, words[0], words[1:]))

    def done(self, words: tuple[str, ...]) -> int:
        """The task is done, or every reason why not."""
        (named,) = _exactly(words, "done TASK")
        return self._step(lambda: task.done(self.session, self.project, named))

    def approve(self, words: tuple[str, ...]) -> int:
        """The vote stands, or every reason why not."""
        words, self.session.choices.comment = _without_comment(("approve", *words))
        return self._step(lambda: approve.run(self.session, self.project, words[1] if len(words) > 1 else None))

    def reject(self, words: tuple[str, ...]) -> int:
        """The vote stands, or every reason why not."""
        words, self.session.choices.comment = _without_comment(("reject", *words))
        return self._step(lambda: reject.run(self.session, self.project, words[1] if len(words) > 1 else None))

    def wait(self, words: tuple[str, ...]) -> int:
        """So much time has passed, and what fell due in it has happened."""
        (written,) = _exactly(words, "wait 3d | 5wd")
        from salespm_flow.definition.literals import parse_duration
        from salespm_flow.engine.durations import later

        _, compiled = self.session.runner.snapshot(self.project)
        until = later(self.session.now, parse_duration(written), compiled.calendar, compiled.zone)
        if until < self.session.now:
            raise InputError(Bilingual("时间不能倒流", "time does not run backwards"), Bilingual("用 undo", "use undo"))
        return self._step(lambda: self._pass_until(until))

    def _pass_until(self, until: datetime) -> int:
        from salespm_flow.cli.commands import tick

        self.session.at = until
        if not self.session.is_json:
            write_text(
                self.session.text(f"现在是 {moment(self.session, until)}", f"it is {moment(self.session, until)}")
            )
        tick.run(self.session)
        return 0

    def act_as(self, words: tuple[str, ...]) -> int:
        """Somebody else acts from now on."""
        (written,) = _exactly(words, "as NAME[:ROLE]")
        name, _, role = written.partition(":")
        before = self.session.actor
        self.session.actor = actor_named(name, role)
        try:
            check_role(self.session, self._workflow())
        except SalesPMFlowError:
            self.session.actor = before
            raise
        self.tell_moves()
        return 0

    def turn_to(self, words: tuple[str, ...]) -> int:
        """The lines that follow are about another project."""
        (named,) = _exactly(words, "on PROJECT")
        self.project = find_project(self.session, named).id
        if self.session.actor.role not in self._workflow().roles:
            # The roles of a delivery are not those of the deal; `as` claims another.
            self.session.actor = actor_named(self.session.actor.id, "")
        self.tell_moves()
        return 0

    def undo(self, words: tuple[str, ...]) -> int:
        """All is as before the last step that was not refused."""
        _none(words, "undo")
        if not self._past:
            raise InputError(Bilingual("没有可撤销的步骤", "there is no step to take back"))
        past = self._past.pop()
        self._store.close()
        self._stand_on(past.store, past.at)
        if past.store.project(self.project) is None:
            self.project = PROJECT
        self.tell_moves()
        return 0

    def why(self, words: tuple[str, ...]) -> int:
        """The moves are told, with every reason against each."""
        why.run(self.session, self.project, words[0] if words else None, is_proved=False)
        return 0

    def status(self, words: tuple[str, ...]) -> int:
        """The project's standing is told."""
        _none(words, "status")
        return status.run(self.session, self.project, as_of=None, is_full=True)

    def history(self, words: tuple[str, ...]) -> int:
        """What happened to the project is told."""
        _none(words, "history")
        return history.run(self.session, self.project)

    def help(self, _words: tuple[str, ...]) -> int:
        """The lines that can be given are told."""
        if not self.session.is_json:
            rows = [(usage, self.session.of(meaning)) for usage, meaning in USAGE.items()]
            write_text(pairs(rows, self.session.palette))
        return 0

    # --------------------------------------------------------------------------------------------------- steps

    def _step(self, act: Callable[[], int]) -> int:
        """The step is done and can be taken back; a refused one leaves no trace."""
        past = _Past(store=self._store.copied(), at=self.session.now)
        try:
            code = act()
        except BaseException:
            past.store.close()
            raise
        finally:
            self.session.choices.comment = None
        if code:
            past.store.close()
        else:
            self._past.append(past)
            self.tell_moves()
        return code

    def tell_moves(self) -> None:
        """What can be done now, and in few words why the rest cannot."""
        if self.session.is_json:
            return
        snapshot, compiled = self.session.runner.snapshot(self.project)
        moves = offers(compiled, snapshot, self.session.actor, self.session.now)
        lines = [line for move in moves for line in self._move_lines(move)]
        write_text("\n".join(lines) or self.session.text("没有可以请求的转移。", "There is no move to ask for."))

    def _move_lines(self, move: Offer) -> Iterator[str]:
        session, palette = self.session, self.session.palette
        mark = palette.paint("✓", Ink.GOOD) if move.is_possible else palette.paint("✗", Ink.BAD)
        yield f"  {mark} {palette.paint(move.transition, Ink.NAME)} {session.of(move.title)}"
        for reason in move.reasons:
            yield palette.paint(f"      {session.of(reason.message)}", Ink.FAINT)

    def prompt(self) -> str:
        """Who acts on what, when, and where it stands."""
        session = self.session
        project = find_project(session, self.project)
        who = f"{session.actor.id}:{session.actor.role}" if session.actor.role else session.actor.id
        title = next((s.title for s in self._workflow().states.values() if s.name == project.state), None)
        where = project.state if title is None else session.of(title)
        return f"{moment(session, session.now)} {who} {self.project} [{where}] > "

    def _workflow(self) -> Workflow:
        return workflow_of(self.session, find_project(self.session, self.project))


# As the shell's commands say it; they are understood here too.
_IN_EARNEST: Final = frozenset({("record", "add"), ("task", "done")})
_VERBS: Final[Mapping[str, Callable[[Rehearsal, tuple[str, ...]], int]]] = {
    "advance": Rehearsal.fire,
    "set": Rehearsal.set,
    "add": Rehearsal.add,
    "done": Rehearsal.done,
    "approve": Rehearsal.approve,
    "reject": Rehearsal.reject,
    "wait": Rehearsal.wait,
    "as": Rehearsal.act_as,
    "on": Rehearsal.turn_to,
    "undo": Rehearsal.undo,
    "why": Rehearsal.why,
    "status": Rehearsal.status,
    "history": Rehearsal.history,
    "help": Rehearsal.help,
}


def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line.replace("\u3000", " "), comments=True))
    except ValueError:
        raise InputError(
            Bilingual("引号没有闭合", "a quote is not closed"),
            Bilingual('例如 set need="对接财务系统"', 'such as set need="link to finance"'),
        ) from None


def _without_comment(words: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    at = next((number for number, word in enumerate(words) if word in COMMENT), None)
    if at is None:
        return words, None
    if at + 1 >= len(words) or at == 0:
        raise _usage("TRANSITION -m TEXT")
    return (*words[:at], *words[at + 2 :]), words[at + 1]


def _exactly(words: tuple[str, ...], usage: str) -> tuple[str]:
    if len(words) != 1:
        raise _usage(usage)
    return (words[0].translate(FULL_WIDTH),)


def _none(words: tuple[str, ...], usage: str) -> None:
    if words:
        raise _usage(usage)


def _usage(usage: str) -> BilingualUsageError:
    return BilingualUsageError(Bilingual(f"应写作：{usage}", f"write: {usage}"))
