"""The company-side questions in words."""

from django.utils.translation import gettext_lazy as _

PROFILE_TEXTS = {
    "overseas_partners": _("Do you work with business partners outside the United States?"),
    "subcontracts_transport": _("Do you give transport to subcontractors?"),
    "uses_seals": _("Do you put seals on containers, trailers or railcars?"),
    "handles_cargo": _("Do you handle or store cargo yourself?"),
    "wood_packaging": _("Do you use or receive wood packaging (pallets, crates, dunnage)?"),
    "uses_it_network": _("Do you keep business data on a computer network?"),
    "employs_guards": _("Do you employ security guards, your own or hired?"),
    "remote_access": _("Can people reach your systems from outside your offices?"),
}
