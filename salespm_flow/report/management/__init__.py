"""Reports for managers: pages put together from figures, written as Markdown or as HTML that needs nothing else."""
