"""Roles in words."""

from django import template

from accounts import roles

register = template.Library()


@register.filter
def role_word(role: str) -> str:
    """A role as people say it: `company_user` is "Company user"."""
    return roles.label(roles.Role(role))
