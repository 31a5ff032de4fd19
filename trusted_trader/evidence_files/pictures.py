"""JPEG, PNG and WebP: really decoded, of bearable size, and nothing before, inside or behind the picture."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from PIL import Image, ImageFile

from trusted_trader.evidence_files.content import MARKUP_BYTES, Content
from trusted_trader.evidence_files.report import Reading, RefusedFile

FORMATS: Mapping[str, str] = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
# Bytes that decoding takes for each pixel, measured: JPEG is decoded at an eighth, WebP holds several copies.
COST: Mapping[str, int] = {"jpg": 2, "png": 4, "webp": 16}
PROGRESSIVE_COST = 6
LARGEST_SIDE = 65_535
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
JPEG_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)  # any but those inside compressed data
JPEG_SCAN = 0xDA


def jpeg_end(data: bytes, start: int) -> int:
    """Return the offset just behind the JPEG that begins at `start`."""
    position = start + len(JPEG_START)
    while marker := JPEG_MARKER.match(data, position):
        if marker[0].endswith(JPEG_END):
            return marker.end()
        length = int.from_bytes(data[marker.end() : marker.end() + 2])
        position = marker.end() + max(length, 2)
        if marker[0][-1] == JPEG_SCAN:
            following = JPEG_MARKER.search(data, position)
            position = following.start() if following else len(data)
    raise RefusedFile("damaged")


def end_of_jpegs(data: bytes) -> int:
    """Return the end of the picture and of the gain maps and previews that phones set behind it as further JPEGs."""
    end = jpeg_end(data, 0)
    while data[end : end + len(JPEG_START)] == JPEG_START:
        end = jpeg_end(data, end)
    return end


def end_of_png(data: bytes) -> int:
    """Return the offset behind the IEND chunk."""
    position = 8
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        position += 12 + length
        if name == b"IEND":
            return position
    raise RefusedFile("damaged")


def end_of_webp(data: bytes) -> int:
    """Return the end that the RIFF header states; chunks are padded to even length."""
    stated = int.from_bytes(data[4:8], "little")
    return 8 + stated + stated % 2


ENDS: Mapping[str, Callable[[bytes], int]] = {"jpg": end_of_jpegs, "png": end_of_png, "webp": end_of_webp}


def nothing_behind(content: Content) -> None:
    """Refuse bytes behind the end of the picture, other than zeros that fill up a block."""
    end = ENDS[content.kind.extension](content.data)
    if end > len(content.data):
        raise RefusedFile("damaged")
    if content.data[end:].strip(b"\x00"):
        raise RefusedFile("hidden_data")


def no_markup(content: Content) -> None:
    """Refuse web page code in comments and other metadata."""
    if MARKUP_BYTES.search(content.data):
        raise RefusedFile("markup")


RAW_CHECKS: tuple[Callable[[Content], None], ...] = (nothing_behind, no_markup)


def bearable_size(picture: Image.Image, content: Content) -> None:
    """Refuse more pixels than we, or the reviewer's computer, can hold; read from the header, before decoding."""
    pixels = picture.width * picture.height
    cost = PROGRESSIVE_COST if picture.info.get("progressive") else COST[content.kind.extension]
    limits = content.limits
    too_many = pixels > limits.pixels or pixels * cost > limits.picture_memory
    if too_many or max(picture.size) > LARGEST_SIDE:
        raise RefusedFile("too_many_pixels")


def still(picture: Image.Image, content: Content) -> None:
    """Refuse animations: a reviewer would see one frame of many."""
    if content.kind.extension != "jpg" and getattr(picture, "n_frames", 1) > 1:
        raise RefusedFile("animated")


def decodes(_picture: Image.Image, content: Content) -> None:
    """Refuse a picture whose checksums or pixels are broken."""
    with _open(content) as picture:
        picture.verify()
    with _open(content) as picture:  # verify() leaves the picture unusable
        if content.kind.extension == "jpg":
            picture.draft("RGB", (picture.width // 8, picture.height // 8))
        picture.load()


CHECKS: tuple[Callable[[Image.Image, Content], None], ...] = (bearable_size, still, decodes)


def _open(content: Content) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content.data), formats=[FORMATS[content.kind.extension]])
    except Image.DecompressionBombError as bomb:
        raise RefusedFile("too_many_pixels") from bomb


@contextmanager
def _strict() -> Iterator[None]:
    """Have Pillow refuse cut pictures and text bombs: WeasyPrint, once imported, turns that off everywhere."""
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def read(content: Content) -> Reading:
    """Check one picture; it has one page and no text."""
    for check in RAW_CHECKS:
        check(content)
    with _strict(), _open(content) as picture:
        for check_picture in CHECKS:
            check_picture(picture, content)
    return Reading(pages=1, text="")
