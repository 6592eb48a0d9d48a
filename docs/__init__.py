"""The documentation, and what keeps it true: `generate` renews tables, `console` plays sessions."""
