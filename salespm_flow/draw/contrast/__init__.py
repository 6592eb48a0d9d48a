"""Two workflows side by side along five dimensions: goal, stages, skills, flow, indicators. Knows no projects."""
