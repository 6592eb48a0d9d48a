"""Charts as SVG texts that need nothing else: no script, no font file; light, dark and printed."""
