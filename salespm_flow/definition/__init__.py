"""Text to model: the only place where YAML, schemas and file names of definitions are known."""
