"""The error for a wrong command line, in both languages. Imports nothing heavy."""

import click

from salespm_flow.diagnostics import Bilingual


class BilingualUsageError(click.UsageError):
    """The command line is wrong, said in both languages."""

    def __init__(self, message: Bilingual, hint: Bilingual | None = None, context: click.Context | None = None) -> None:
        super().__init__(message.en, context)
        self.bilingual = message
        self.hint = hint
