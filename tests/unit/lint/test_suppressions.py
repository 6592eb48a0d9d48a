"""Comments that silence findings: what they speak of, and what is told about the comments themselves."""

from datetime import date
from pathlib import Path

import pytest

from salespm_flow.lint.judgement import Silencer
from tests.unit.lint.workspaces import HEAD, UNHEARD, judged, told, write

TOLD = "deal.yaml:12 warning SF318 No transition listens to the event `told`"
SAID = "deal.yaml:13 warning SF318 No transition listens to the event `said`"


def with_comment(comment: str, line: int = 3) -> str:
    """The unheard events, a comment at the end of a line of the transitions (counted from 1)."""
    lines = UNHEARD.splitlines()
    lines[line - 1] += comment
    return HEAD + "\n".join(lines) + "\n"


def test_a_comment_silences_its_own_line_and_keeps_its_reason(tmp_path: Path) -> None:
    text = with_comment("  # salespm: ignore[SF318] until=2026-12-31 reason=the ERP hears it")
    judgement = judged(write(tmp_path, deal=text))

    assert told(judgement) == [SAID]
    (silenced,) = judgement.silenced
    assert (silenced.by, silenced.reason, silenced.until) == (Silencer.COMMENT, "the ERP hears it", date(2026, 12, 31))
    assert silenced.found.message.en.endswith("`told`")


def test_a_comment_on_a_line_of_its_own_speaks_of_the_next_line_that_is_none(tmp_path: Path) -> None:
    text = HEAD + UNHEARD.replace("  note:", "  # salespm: ignore[SF318] reason=later\n  # said twice\n\n  note:")
    assert told(judged(write(tmp_path, deal=text))) == [SAID.replace(":13", ":16")]


def test_a_comment_at_the_head_speaks_of_the_whole_file(tmp_path: Path) -> None:
    text = "# yaml-language-server: x\n# salespm: ignore-file[SF318] reason=all from the ERP\n" + HEAD + UNHEARD
    assert told(judged(write(tmp_path, deal=text))) == []


def test_a_comment_after_the_indicator_of_a_block_covers_its_lines(tmp_path: Path) -> None:
    text = HEAD + "conditions:\n  a: >-  # salespm: ignore[SF202] reason=soon\n    1 > 0 and\n    amuont > 3\n"
    judgement = judged(write(tmp_path, deal=text))
    assert (told(judgement), [one.found.code for one in judgement.silenced]) == ([], ["SF202"])


def test_what_stands_in_a_text_is_no_comment(tmp_path: Path) -> None:
    text = HEAD + 'title: "a  # salespm: ignore[SF318] reason=x"\n' + UNHEARD.replace("note:", "note:")
    quoted = text.replace("title:", "title: |\n    b  # salespm: ignore[SF999]\n", 0)
    assert [line.split(" ", 2)[2][:5] for line in told(judged(write(tmp_path, deal=quoted)))] == ["SF318", "SF318"]


@pytest.mark.parametrize(
    ("comment", "finding"),
    [
        ("  # salespm: ignore[SF319] reason=x", "SF601 There is no SF319 here to suppress"),
        ("  # salespm: ignore[SF318] until=2026-05-31 reason=x", "SF602 This suppression expired after 2026-05-31"),
        ("  # salespm: ignore[SF318]", "SF603 The suppression gives no reason"),
        ("  # salespm: ignore[SF318] until=2026-12-31", "SF603 The suppression gives no reason"),
        ("  # salespm: ignore SF318 reason=x", "SF604 this suppression cannot be read"),
        ("  # salespm: ignore[] reason=x", "SF604 this suppression cannot be read"),
        ("  # salespm: ignored[SF318] reason=x", "SF604 this suppression cannot be read"),
        ("  # salespm: ignore[SF999] reason=x", "SF604 There is no finding of the code `SF999`"),
        ("  # salespm: ignore[SF501] reason=x", "SF604 There is no finding of the code `SF501`"),
        ("  # salespm: ignore[SF318] until=soon reason=x", "SF604 `soon` is no date"),
        (
            "  # salespm: ignore-file[SF318] reason=x",
            "SF604 `ignore-file` stands at the head of a file, not on line 12",
        ),
    ],
)
def test_what_is_wrong_about_a_suppression_is_a_finding(tmp_path: Path, comment: str, finding: str) -> None:
    about_comments = [line for line in told(judged(write(tmp_path, deal=with_comment(comment)))) if "SF6" in line]
    assert about_comments == [f"deal.yaml:12 warning {finding}"]


def test_the_last_day_still_counts_and_the_day_after_shows_the_finding_again(tmp_path: Path) -> None:
    root = write(tmp_path, deal=with_comment("  # salespm: ignore[SF318] until=2026-06-01 reason=x"))
    assert told(judged(root, today=date(2026, 6, 1))) == [SAID]
    expired = "deal.yaml:12 warning SF602 This suppression expired after 2026-06-01"
    assert told(judged(root, today=date(2026, 6, 2))) == [TOLD, expired, SAID]


def test_of_two_codes_the_one_without_a_finding_is_told(tmp_path: Path) -> None:
    text = with_comment("  # salespm: ignore[SF318, SF319] reason=x")
    told_about = [line for line in told(judged(write(tmp_path, deal=text))) if "SF6" in line]
    assert told_about == ["deal.yaml:12 warning SF601 There is no SF319 here to suppress"]


def test_in_a_file_with_an_error_nothing_is_known_to_be_superfluous(tmp_path: Path) -> None:
    text = HEAD + UNHEARD.replace("to: closed}", "to: clozed}  # salespm: ignore[SF318] reason=x")
    assert [line.split()[2] for line in told(judged(write(tmp_path, deal=text)))] == ["SF301", "SF318", "SF318"]


def test_a_suppressed_error_still_stops_the_definition(tmp_path: Path) -> None:
    text = HEAD + "transitions: {close: {from: opn, to: closed}}  # salespm: ignore[SF301] reason=x\n"
    judgement = judged(write(tmp_path, deal=text))
    assert (told(judgement), judgement.fails, len(judgement.silenced)) == ([], False, 1)
