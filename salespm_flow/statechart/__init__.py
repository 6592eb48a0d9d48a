"""State machines: a pure SCXML kernel over a workflow and the machine that the engine fires through.

Must not know fields, roles or storage.
"""
