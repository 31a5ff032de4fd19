"""Names the effect handlers of this app's packages."""

from accounts import delegations
from accounts.notices import invitations, sending

__all__ = ["delegations", "invitations", "sending"]
