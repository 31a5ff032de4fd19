"""Template words of parcel files."""

from django import template

from fastlane.parcels.life import SENDERS

register = template.Library()


@register.filter
def sends_parcels(entity_type: str) -> bool:
    """Whether accounts of this type have pages for files of low-value parcels."""
    return entity_type in SENDERS
