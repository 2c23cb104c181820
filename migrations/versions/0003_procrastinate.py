"""the tables of Procrastinate, which does the background work"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # exec_driver_sql without parameters: the script has percent signs and several statements.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
