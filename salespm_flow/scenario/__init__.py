"""Workflows as code: scenarios run through the engine itself, what they cover, and scenarios made by the machine.

`bench` compiles once, `running` runs one case on a store in memory, `coverage` counts what the cases have seen. Knows
no command line, no file and no format of a report.
"""
