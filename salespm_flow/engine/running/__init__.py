"""Requests against a store: one guarded path, atomic, repeatable. Decides nothing itself."""
