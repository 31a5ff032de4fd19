"""Nobody with a tie recommends, vets or proposes either; a tie found later doesn't stop others from saving the row."""

from django.db import migrations

from accounts.guards import no_tie


class Migration(migrations.Migration):
    dependencies = [("trusted_trader", "0004_deciders")]
    operations = [
        no_tie("trusted_trader_application", "reviewer_id"),
        no_tie("trusted_trader_application", "recommender_id"),
        no_tie("trusted_trader_application", "decided_by_id"),
        no_tie("trusted_trader_decision", "recommended_by_id"),
        no_tie("trusted_trader_decision", "decided_by_id"),
        no_tie("trusted_trader_standingchange", "proposed_by_id"),
        no_tie("trusted_trader_standingchange", "concluded_by_id"),
        no_tie("trusted_trader_vetting", "officer_id"),
    ]
