"""What a project keeps beside its state: approvals, tasks, risks, records, clocks. Knows no requests."""
