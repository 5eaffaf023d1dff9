"""Everything that lasts: models, migrations, the ledger and its audit."""
