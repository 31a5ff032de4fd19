"""Names the effect handlers of the lanes."""

from fastlane.lanes import following, replaying

__all__ = ["following", "replaying"]
