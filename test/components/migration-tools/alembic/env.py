import asyncio
import os
import ssl

from alembic import context
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine


def migrate(connection):
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    # asyncpg takes the certificate's authority as an object, and no settings in the URL.
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg", query={})
    tls = ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])
    engine = create_async_engine(url, connect_args={"ssl": tls})
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(main())
