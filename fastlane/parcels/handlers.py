"""Names the effect handlers of parcel files."""

from fastlane.parcels import deciding

__all__ = ["deciding"]
