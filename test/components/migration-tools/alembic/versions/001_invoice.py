import sqlalchemy as sa
from alembic import op

revision = "001"
down_revision = None


def upgrade():
    op.create_table("alembic_invoice", sa.Column("id", sa.Integer, primary_key=True), sa.Column("amount", sa.Numeric))
    with op.get_context().autocommit_block():
        op.create_index("alembic_amount", "alembic_invoice", ["amount"], postgresql_concurrently=True)
