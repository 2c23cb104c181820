"""The database: tables, engine, transactions, migrations, the embedded server."""

from app.db.engine import SessionMaker, make_engine, make_sessionmaker, transaction, url_of

__all__ = ["SessionMaker", "make_engine", "make_sessionmaker", "transaction", "url_of"]
