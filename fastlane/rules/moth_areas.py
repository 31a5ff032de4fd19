"""The areas of the spongy moth table: how a port call names them, and in which country each lies.

Names follow the 2019 joint notice for the United States and Canada [S 21]. Their periods are reference data; an area
that is new in a later table needs a name here first. Prefectures and short forms count as the area they lie in [D].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fastlane.rules.kinds import Kind, Wrong, translated


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the moth table. A `whole` country counts without its region being named."""

    code: str
    country: str
    title: str
    aliases: tuple[str, ...]
    whole: bool = False


_ALL = (
    Area("russian_far_east", "RU", "Russian Far East", ("russia_far_east", "far_east", "far_eastern_russia")),
    Area(
        "northern_japan", "JP", "Northern Japan",
        ("japan_north", "japan_northern", "aomori", "fukushima", "hokkaido", "iwate", "miyagi"),
    ),
    Area(
        "western_japan", "JP", "Western Japan",
        ("japan_west", "japan_western", "akita", "ishikawa", "niigata", "toyama", "yamagata"),
    ),
    Area(
        "eastern_japan", "JP", "Eastern Japan",
        ("japan_east", "japan_eastern", "aichi", "chiba", "fukui", "ibaraki", "kanagawa", "mie", "shizuoka", "tokyo"),
    ),
    Area("southern_japan", "JP", "Southern Japan", ("japan_south", "japan_southern")),
    Area("far_southern_japan", "JP", "Far southern Japan", ("japan_far_south", "japan_far_southern", "okinawa")),
    Area(
        "republic_of_korea", "KR", "Republic of Korea",
        ("republic_of_korea_all", "korea", "south_korea", "korea_republic_of", "all"), whole=True,
    ),
    Area(
        "china_north_of_31_15", "CN", "China north of 31°15'N",
        ("china_north_of_31_15_n", "china_north_of_31_15n", "china_north", "northern_china", "north_of_31_15_n",
         "north_of_31_15"),
    ),
)  # fmt: skip

AREAS: Mapping[str, Area] = {area.code: area for area in _ALL}
WHOLE: Mapping[str, Area] = {area.country: area for area in _ALL if area.whole}

_NAMES = {name: area.code for area in _ALL for name in (area.code, *area.aliases)}


def area_code(region: str) -> str:
    """Return the area that a region's name means, or "" for none. Raises Wrong for a word that nobody knows."""
    if not region or region in AREAS:
        return region
    name = re.sub(r"[^a-z0-9]+", "_", region.lower()).strip("_")
    if not name and not region.strip():
        return ""
    code = _NAMES.get(name)
    if code is None:
        raise Wrong("unknown_word", f"Leave it empty, or give one of: {', '.join(AREAS)}.")
    return code


REGION: Kind = translated(area_code, {"maxLength": 100, "examples": ["", *AREAS]})
