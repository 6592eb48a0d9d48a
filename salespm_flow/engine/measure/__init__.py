"""Figures over projects: populations streamed once, KPIs, scorecards and goals evaluated. Changes no project."""
