"""What is computed from projects: risks, KPIs and scorecards. Knows not where the values come from."""
