"""The one place that writes data: text or JSON on standard output."""

import json
import sys
from collections.abc import Mapping


def write_text(text: str) -> None:
    """The text is on standard output, one newline at its end."""
    sys.stdout.write(text.rstrip("\n") + "\n")


def write_json(data: Mapping[str, object]) -> None:
    """The data is on standard output as indented JSON; Chinese stays readable."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def write_message(text: str) -> None:
    """The text is on the error stream: said to a person, no data."""
    sys.stderr.write(text.rstrip("\n") + "\n")
