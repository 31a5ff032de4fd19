"""Who may open the pages of parcel files and press their buttons."""

from __future__ import annotations

from accounts.policy import GET, POST, row
from accounts.roles import Role
from fastlane.parcels.life import FILERS

READERS = FILERS | {Role.CONSULTANT}

ROWS = (
    row("parcel_files", GET, READERS, own="number"),
    row("parcel_files", POST, FILERS, own="number"),
    row("parcel_file", GET, READERS, own="number"),
    row("parcel_progress", GET, READERS, own="number"),
    row("parcel_cancel", POST, FILERS, own="number"),
    *(
        row(name, GET, READERS, own="number")
        for name in ("parcel_template_csv", "parcel_result_file", "parcel_bad_rows_csv")
    ),
)
