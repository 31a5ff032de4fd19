"""The security profile as a spreadsheet: take it out, bring it back, and see first what that would change."""

from trusted_trader.profile_sheet.comparing import Difference, differences
from trusted_trader.profile_sheet.model import RowError, SheetAnswer, SheetResult, SheetRow
from trusted_trader.profile_sheet.reading import read
from trusted_trader.profile_sheet.writing import export

__all__ = ["Difference", "RowError", "SheetAnswer", "SheetResult", "SheetRow", "differences", "export", "read"]
