from django.db import migrations

from accounts.guards import PUBLIC, consented, reread


class Migration(migrations.Migration):
    """As in accounts: consents are looked up by their index."""

    dependencies = [
        ('accounts', '0008_consents_row_by_row'),
        ('trusted_trader', '0008_begins'),
    ]

    operations = [
        reread("trusted_trader_standing", f"{PUBLIC} or {consented('trusted_trader_standing.account_id')}"),
    ]
