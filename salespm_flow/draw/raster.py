"""Turns a picture from SVG to PNG by the library of the extra `diagram`. Knows nothing of what is drawn.

That library looks for no fonts by itself beyond a few of the system's, so one that has Chinese is found here.
"""

import os
import re
import sys
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import DiagramError, MissingExtraError

# Twice the size on paper, as sharp screens have it, as long as that stays a picture that mail and chat take.
SCALE: Final = 2
MOST_PIXELS: Final = 4_000_000
_FAMILY: Final = "picture"
_WIDE: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
# Files of fonts with Chinese, best first; any file of that name in the system's font folders serves.
_REGULAR: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "STHeiti Medium.ttc",
    "msyh.ttc",
    "msyh.ttf",
    "simhei.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
)
_FOLDERS: Final[tuple[str, ...]] = (
    ("C:/Windows/Fonts",)
    if sys.platform == "win32"
    else ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts")
    if sys.platform == "darwin"
    else ("~/.local/share/fonts", "~/.fonts", "/usr/local/share/fonts", "/usr/share/fonts")
)


def png(picture: str) -> bytes:
    """The SVG text as PNG, twice its size or as large as is sensible.

    Raises:
        MissingExtraError: the extra `diagram` is not installed.
        DiagramError: the picture has Chinese and the machine no font for it, or it cannot be drawn.
    """
    try:
        from novasvg import Color, Document
    except ImportError as error:
        needs = Bilingual("输出 PNG 图需要 novasvg", "a PNG picture needs novasvg")
        raise MissingExtraError(needs, extra="diagram") from error
    drawn = Document.load_from_data(_with_font(picture))
    size = _SIZE.search(picture)
    if drawn is None or size is None:
        raise DiagramError(Bilingual("这张图无法转换成 PNG", "the picture cannot be turned into PNG"))
    wide, tall = float(size[1]), float(size[2])
    scale = min(SCALE, sqrt(MOST_PIXELS / (wide * tall)))
    width, height = max(1, round(wide * scale)), max(1, round(tall * scale))
    made = drawn.render_to_bitmap(width, height, Color("#ffffff"))
    return bytes(made.to_png())


def _with_font(picture: str) -> str:
    """The picture with a font that has its characters, named so that the library finds it."""
    if _WIDE.search(picture) is None:
        return picture
    path = next(_found(), None)
    if path is None:
        raise DiagramError(
            Bilingual(
                "本机没有中文字体，PNG 里的文字会变成方框", "this machine has no font for the Chinese in the picture"
            ),
            Bilingual(
                "安装一种中文字体（例如 fonts-noto-cjk），或改用 --form svg",
                "install one, such as fonts-noto-cjk, or ask for --form svg",
            ),
        )
    from novasvg import fonts

    for is_bold in (False, True):
        fonts.add_font_face_from_file(_FAMILY, is_bold, False, str(path))
    return re.sub(r"font-family: [^;]*;", f"font-family: {_FAMILY};", picture)


def _found() -> Iterator[Path]:
    """The files of fonts with Chinese that the machine has, best first."""
    there: dict[str, Path] = {}
    for folder in _FOLDERS:
        for place, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                there.setdefault(name, Path(place) / name)
    yield from (there[name] for name in _REGULAR if name in there)
