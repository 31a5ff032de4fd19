"""Names the effect handlers of this app's packages."""

from accounts.notices import invitations, sending

__all__ = ["invitations", "sending"]
