"""The declarative base, and column types that behave alike on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Integer, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; in SQLite the text ``YYYY-MM-DD HH:MM:SS.ffffff``, which sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite assigns ids only in a column declared INTEGER, which is 64 bits wide there.
BigId = BigInteger().with_variant(Integer, "sqlite")


def now() -> datetime:
    return datetime.now(UTC)


Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Cents = Annotated[int, mapped_column(BigInteger)]
Count = Annotated[int, mapped_column(BigInteger)]
"""A number that only grows, such as a room's rounds."""
CreatedAt = Annotated[datetime, mapped_column(UtcDateTime, default=now)]
Json = Annotated[Any, mapped_column(JSON(none_as_null=True))]


def owner(column: str, **options: Any) -> Any:
    """A foreign key to the row that this one belongs to and is deleted with."""
    return mapped_column(BigId, ForeignKey(column, ondelete="CASCADE"), **options)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (read by the declarative base)
