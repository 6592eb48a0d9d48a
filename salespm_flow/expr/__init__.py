"""The rule language, a typed profile of DMN FEEL: text, tree, types, values. Must not know workflows."""
