"""What becomes of running projects when a definition changes: differences, plans and migrations. Knows no store."""
