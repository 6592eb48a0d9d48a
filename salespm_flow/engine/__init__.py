"""Deciding what a request does to a project, and the shell that makes it durable."""
