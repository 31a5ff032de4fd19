"""Entity types in words."""

from django import template

from trusted_trader import entity_types

register = template.Library()


@register.filter
def entity_word(entity_type: str) -> str:
    """The entity type's title, such as "U.S. importer"."""
    return entity_types.for_type(entity_types.EntityType(entity_type)).title
