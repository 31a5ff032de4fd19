"""The plain text of a PDF, as far as simple fonts and ToUnicode maps tell it; enough to search and compare."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pikepdf

MOST_PAGES = 30
LARGEST_STREAM = 2_000_000  # packed bytes of one page
WORD_GAP = -180  # thousandths of the font size; a wider jump in TJ stands for a space
WIDEST_RANGE = 4_096
CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[(.*?)\])", re.DOTALL)
NEW_LINE = {"Td", "TD", "T*", "Tm", "'", '"', "ET"}
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Font:
    """How the bytes of one font become text: `width` bytes a character, through `characters` where given."""

    width: int = 1
    characters: Mapping[int, str] = field(default_factory=dict)

    def decode(self, data: bytes) -> str:
        """Return the text of one string operand."""
        if not self.characters:
            return "" if self.width == 2 else data.decode("cp1252", "ignore")
        codes = (int.from_bytes(data[i : i + self.width]) for i in range(0, len(data), self.width))
        return "".join(self.characters.get(code, "") for code in codes)


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "ignore")


def read_map(cmap: bytes) -> dict[int, str]:
    """Return the characters of a ToUnicode map by code."""
    characters: dict[int, str] = {}
    for block in CHARACTERS.findall(cmap):
        for code, value in PAIR.findall(block):
            characters[int(code, 16)] = _utf16(value)
    for block in RANGES.findall(cmap):
        for first, last, start, listed in RANGE.findall(block):
            codes = range(int(first, 16), min(int(last, 16), int(first, 16) + WIDEST_RANGE) + 1)
            if listed:
                values = [_utf16(v) for v in re.findall(rb"<([0-9A-Fa-f\s]*)>", listed)]
                characters.update(zip(codes, values, strict=False))
            elif text := _utf16(start):
                characters.update((c, text[:-1] + chr(ord(text[-1]) + c - codes.start)) for c in codes)
    return characters


def _fonts(page: pikepdf.Page) -> dict[str, Font]:
    fonts = {}
    for name, font in page.resources.get("/Font", pikepdf.Dictionary()).items():
        width = 2 if str(font.get("/Subtype", "")) == "/Type0" else 1
        cmap = font.get("/ToUnicode")
        if isinstance(cmap, pikepdf.Stream) and len(cmap.read_raw_bytes()) < LARGEST_STREAM:
            fonts[name] = Font(width, read_map(cmap.read_bytes()))
        else:
            fonts[name] = Font(width)
    return fonts


def _pieces(page: pikepdf.Page) -> Iterator[str]:
    """Yield the text of a page in the order it is drawn."""
    fonts, font = _fonts(page), Font()
    for instruction in pikepdf.parse_content_stream(page, "Tf Tj TJ ' \" Td TD T* Tm ET"):
        operands, command = instruction.operands, str(instruction.operator)
        if command in NEW_LINE:
            yield "\n"
        if command == "Tf":
            font = fonts.get(str(operands[0]), Font())
        elif command in {"Tj", "'", '"'}:
            yield font.decode(bytes(operands[-1]))
        elif command == "TJ":
            for item in operands[0]:
                if isinstance(item, pikepdf.String):
                    yield font.decode(bytes(item))
                elif item < WORD_GAP:
                    yield " "


def _small(page: pikepdf.Page) -> bool:
    contents = page.obj.get("/Contents", pikepdf.Array())
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return sum(len(stream.read_raw_bytes()) for stream in streams) < LARGEST_STREAM


def text_of(pdf: pikepdf.Pdf, limit: int) -> str:
    """Return up to `limit` characters of the first pages; "" where the file holds only pictures or odd fonts."""
    texts: list[str] = []
    length = 0
    for page in list(pdf.pages)[:MOST_PAGES]:
        if length >= limit:
            break
        try:
            text = "".join(_pieces(page)) if _small(page) else ""
        except (pikepdf.PdfError, ValueError, TypeError, AttributeError, IndexError, OverflowError):
            continue  # text is a convenience: a page that can't be read for it still opens
        tidy = re.sub(r"\s*\n\s*", "\n", UNREADABLE.sub("", text)).strip()
        texts.append(tidy)
        length += len(tidy)
    return "\n".join(filter(None, texts))[:limit]
