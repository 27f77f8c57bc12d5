"""Where readings are kept, as the guide imports it."""

from watchglass.errors import StoreError, StoreLockedError
from watchglass.sdk.dinoair.file_storage import FileMetricsStorage
from watchglass.sdk.dinoair.reading import MetricPoint
from watchglass.sdk.dinoair.sqlite_storage import SQLiteMetricsStorage
from watchglass.sdk.dinoair.storage import MetricsStorage

__all__ = [
    "FileMetricsStorage",
    "MetricPoint",
    "MetricsStorage",
    "SQLiteMetricsStorage",
    "StoreError",
    "StoreLockedError",
]
