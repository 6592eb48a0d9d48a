"""DMN 1.3 and later files as decision tables of ours, one document each. See `model` for what becomes what."""

from salespm_flow.interop.dmn.model import Imported, import_dmn

__all__ = ["Imported", "import_dmn"]
