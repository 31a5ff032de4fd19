from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_delegations'),
    ]

    operations = [
        migrations.RenameField(model_name='consent', old_name='may_file', new_name='acts'),
    ]
