"""The frozen nouns that every room shares; no behaviour beyond what a noun says of itself."""
