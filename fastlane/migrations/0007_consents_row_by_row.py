from django.db import migrations

from accounts.guards import consented, reread, tenant


class Migration(migrations.Migration):
    """As in accounts: consents are looked up by their index."""

    dependencies = [
        ('accounts', '0008_consents_row_by_row'),
        ('fastlane', '0006_parcels'),
    ]

    operations = [
        reread("fastlane_slot", f"({tenant()}) or ({consented('fastlane_slot.account_id')})"),
    ]
