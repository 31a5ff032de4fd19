"""Small documents and pictures that the companies of the demonstration world upload as evidence."""

from __future__ import annotations

import io
import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

from trusted_trader.demo.companies import DATA, Plan, dice

PAGE, LEFT, RIGHT, TOP, BOTTOM = (595, 842), 62, 533, 730, 80
NARROW = dict.fromkeys("fIt/.,:; ", 0.278) | dict.fromkeys("ijl'", 0.222) | dict.fromkeys("r()-", 0.333)
WIDE = dict.fromkeys("mM", 0.833) | dict.fromkeys("W", 0.944) | {"w": 0.722}


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of document: for which categories, how many days old, about the cargo site or the whole company."""

    code: str
    title: str
    chapters: tuple[str, ...]
    age: int
    site: bool
    needs: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@cache
def kinds() -> Sequence[Paper]:
    rows = tomllib.loads((DATA / "papers.toml").read_text(encoding="utf-8"))["paper"]
    return tuple(
        Paper(
            row["code"],
            row["title"],
            tuple(row["chapters"]),
            row["age"],
            row.get("site", False),
            row.get("needs", ""),
            tuple(row["paragraphs"]),
            tuple(map(tuple, row["rows"])),
        )
        for row in rows
    )


# --- PDF: a letterhead, paragraphs and a table in the fonts that every reader has ---------------------------------


def document(plan: Plan, paper: Paper, words: Mapping[str, str], issued: date, *, unfilled: bool = False) -> bytes:
    """The paper as this company wrote it. `unfilled` leaves the blanks of a template in it."""
    name = "[Company name]" if unfilled else plan.legal_name
    sheet = _Sheet(_colour(plan), name, f"{paper.title} {words['code'].split('-')[0]}-{paper.code}")
    sheet.line(paper.title, 20, bold=True)
    sheet.line(f"{name}. Issued: {issued.isoformat()}. Made up for a demonstration.", 9)
    sheet.space(10)
    for number, text in enumerate(paper.paragraphs, start=1):
        sheet.line(f"{number}  {text.format_map(words).split('.')[0][:52].rstrip()} ...", 11, bold=True)
        sheet.paragraph(text.format_map(words))
    sheet.table([[cell.format_map(words) for cell in row] for row in paper.rows])
    sheet.space(24)
    sheet.line(f"Signed for {name}: {words['boss']}, {issued.isoformat()}", 10)
    sheet.scribble(dice(plan.key, paper.code))
    return sheet.pdf()


class _Sheet:
    """Lays out lines from top to bottom and begins a page where the old one is full."""

    def __init__(self, colour: tuple[float, float, float], head: str, foot: str) -> None:
        self.colour, self.head, self.foot = colour, head, foot
        self.pages: list[list[str]] = []
        self._begin()

    def _begin(self) -> None:
        r, g, b = self.colour
        self.pages.append([f"{r:.2f} {g:.2f} {b:.2f} rg 0 {PAGE[1] - 58} {PAGE[0]} 58 re f"])
        self._text(LEFT, PAGE[1] - 36, self.head, 13, bold=True, grey=1)
        self._text(LEFT, 48, f"{self.foot}   page {len(self.pages)}", 8, grey=0.35)
        self.y = TOP

    def _text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, grey: float = 0.1) -> None:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        self.pages[-1].append(f"BT {grey} g /{'B' if bold else 'R'} {size} Tf {x:.1f} {y:.1f} Td ({escaped}) Tj ET")

    def line(self, text: str, size: float, *, bold: bool = False) -> None:
        if self.y < BOTTOM + size:
            self._begin()
        self._text(LEFT, self.y, text, size, bold=bold)
        self.y -= size * 1.55

    def paragraph(self, text: str) -> None:
        for part in wrapped(text, (RIGHT - LEFT) / 10.5):
            self.line(part, 10.5)
        self.space(9)

    def space(self, points: float) -> None:
        self.y -= points

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        width = (RIGHT - LEFT) / len(rows[0])
        for number, row in enumerate(rows):
            if self.y < BOTTOM + 24:
                self._begin()
            if number == 0:
                self.pages[-1].append(f"0.9 g {LEFT} {self.y - 6:.1f} {RIGHT - LEFT} 19 re f")
            for column, cell in enumerate(row):
                self._text(LEFT + 5 + column * width, self.y, cell, 9.5, bold=number == 0)
            self.pages[-1].append(f"0.7 G {LEFT} {self.y - 6:.1f} m {RIGHT} {self.y - 6:.1f} l S")
            self.y -= 19

    def scribble(self, seed: int) -> None:
        """A signature of a few curves."""
        rng = random.Random(seed)  # noqa: S311 - a drawing, not a secret
        x, y = LEFT + 6.0, self.y - 16
        parts = [f"0.1 0.15 0.5 RG 1.4 w {x:.1f} {y:.1f} m"]
        for _stroke in range(7):
            points = [(x + rng.uniform(2, 24), y + rng.uniform(-16, 18)) for _point in range(3)]
            parts.append(" ".join(f"{px:.1f} {py:.1f}" for px, py in points) + " c")
            x = points[-1][0]
        self.pages[-1].append(" ".join([*parts, "S"]))

    def pdf(self) -> bytes:
        pdf = pikepdf.Pdf.new()
        fonts = pikepdf.Dictionary()
        for name, base in (("/R", "/Helvetica"), ("/B", "/Helvetica-Bold")):
            fonts[name] = pdf.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(base),
                                   Encoding=pikepdf.Name.WinAnsiEncoding)
            )  # fmt: skip
        for content in self.pages:
            page = pdf.add_blank_page(page_size=PAGE)
            page.Contents = pdf.make_stream("\n".join(content).encode("cp1252", "replace"))
            page.Resources = pikepdf.Dictionary(Font=fonts)
        pdf.docinfo["/Title"] = self.foot
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def wrapped(text: str, ems: float) -> Iterator[str]:
    """Break a text into lines of at most this many ems, by the usual widths of Helvetica."""
    line, used = "", 0.0
    for word in text.split():
        width = sum(NARROW.get(c, WIDE.get(c, 0.68 if c.isupper() else 0.556)) for c in word)
        if line and used + 0.278 + width > ems:
            yield line
            line, used = "", 0.0
        line, used = f"{line} {word}".strip(), used + width + (0.278 if line else 0)
    if line:
        yield line


def _colour(plan: Plan) -> tuple[float, float, float]:
    roll = dice(plan.key, "colour")
    return (0.1 + roll % 30 / 100, 0.15 + roll // 30 % 35 / 100, 0.25 + roll // 1050 % 35 / 100)


# --- Pictures -----------------------------------------------------------------------------------------------------

SIZE = (960, 640)
SCENES = ("gate", "seal", "fence", "docks")


def photo(plan: Plan, scene: str, taken: date) -> bytes:
    """A drawn picture of the company's site, as JPEG."""
    rng = random.Random(dice(plan.key, scene))  # noqa: S311 - a drawing, not a secret
    picture = Image.linear_gradient("L").resize(SIZE)
    sky = Image.merge("RGB", [picture.point(lambda v, o=o: min(255, o + v // 3)) for o in (120, 155, 190)])
    draw = ImageDraw.Draw(sky)
    draw.rectangle((0, 430, *SIZE), fill=(112, 110, 106))
    {"gate": _gate, "seal": _seal, "fence": _fence, "docks": _docks}[scene](draw, rng, plan)
    grain = Image.effect_noise(SIZE, 18).convert("RGB")
    picture = Image.blend(sky.filter(ImageFilter.GaussianBlur(0.8)), grain, 0.07)
    ImageDraw.Draw(picture).text((24, 608), f"{taken:%Y-%m-%d}  {plan.site}", fill=(255, 214, 102), font_size=20)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _hall(draw: ImageDraw.ImageDraw, rng: random.Random, plan: Plan, top: int = 220) -> None:
    r, g, b = (int(c * 255) + 60 for c in _colour(plan))
    draw.rectangle((60, top, 900, 440), fill=(r, g, b))
    draw.rectangle((60, top, 900, top + 26), fill=(r - 40, g - 40, b - 40))
    for x in range(70, 900, 14):
        draw.line((x, top + 26, x, 440), fill=(r - 12, g - 12, b - 12))
    draw.text((90, top + 40), plan.legal_name.split(" ")[0].upper(), fill=(245, 245, 240), font_size=44)


def _docks(draw: ImageDraw.ImageDraw, rng: random.Random, plan: Plan) -> None:
    _hall(draw, rng, plan)
    for number in range(4):
        x = 110 + number * 200
        draw.rectangle((x, 310, x + 130, 440), fill=(222, 222, 214), outline=(60, 60, 60), width=3)
        for y in range(322, 440, 16):
            draw.line((x, y, x + 130, y), fill=(190, 190, 184))
        draw.text((x + 54, 340), str(number + 1), fill=(120, 120, 116), font_size=40)
        draw.ellipse((x + 60, 254, x + 74, 268), fill=(255, 240, 170))
    draw.line((0, 560, 960, 520), fill=(238, 200, 60), width=8)


def _fence(draw: ImageDraw.ImageDraw, rng: random.Random, plan: Plan) -> None:
    _hall(draw, rng, plan, 260)
    for x in range(-40, 1000, 26):
        draw.line((x, 300, x + 200, 560), fill=(165, 170, 172), width=2)
        draw.line((x + 200, 300, x, 560), fill=(165, 170, 172), width=2)
    for x in range(0, 980, 160):
        draw.rectangle((x, 270, x + 10, 580), fill=(92, 98, 102))
    for y in (272, 284):
        draw.line((0, y, 960, y + rng.randint(-3, 3)), fill=(70, 74, 78), width=3)
    draw.rectangle((700, 150, 708, 300), fill=(80, 80, 84))
    draw.rectangle((676, 140, 716, 160), fill=(40, 40, 44))


def _gate(draw: ImageDraw.ImageDraw, rng: random.Random, plan: Plan) -> None:
    _fence(draw, rng, plan)
    draw.polygon(((330, 640), (420, 420), (560, 420), (690, 640)), fill=(84, 84, 86))
    draw.rectangle((230, 330, 330, 540), fill=(228, 220, 196), outline=(70, 60, 50), width=4)
    draw.rectangle((246, 350, 314, 410), fill=(120, 160, 180))
    for part in range(8):
        colour = (200, 40, 40) if part % 2 else (245, 245, 245)
        draw.rectangle((330 + part * 46, 470, 376 + part * 46, 486), fill=colour)
    draw.text((240, 420), "CHECK IN", fill=(60, 60, 60), font_size=18)


def _seal(draw: ImageDraw.ImageDraw, rng: random.Random, plan: Plan) -> None:
    r, g, b = (int(c * 255) + 70 for c in _colour(plan))
    draw.rectangle((0, 0, *SIZE), fill=(r, g, b))
    for x in range(0, 960, 60):
        draw.rectangle((x, 0, x + 26, 640), fill=(r - 18, g - 18, b - 18))
    draw.rectangle((470, 0, 490, 640), fill=(40, 40, 42))
    for x in (380, 580):
        draw.rectangle((x, 0, x + 22, 640), fill=(176, 178, 180), outline=(90, 90, 92))
    draw.rectangle((392, 330, 600, 372), fill=(150, 152, 155), outline=(60, 60, 62), width=3)
    draw.ellipse((462, 300, 506, 344), fill=(212, 160, 40), outline=(80, 60, 10), width=4)
    draw.rectangle((474, 330, 494, 470), fill=(196, 198, 200), outline=(70, 70, 72), width=3)
    draw.rectangle((440, 460, 530, 510), fill=(236, 190, 40), outline=(90, 70, 10), width=4)
    draw.text((450, 472), f"DEMO {7000 + rng.randint(100, 999)}", fill=(40, 30, 10), font_size=14)
