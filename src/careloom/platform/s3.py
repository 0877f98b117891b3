"""Files in a bucket of an S3-compatible store."""

import asyncio
import io
from urllib.parse import urlparse

from minio import Minio
from minio.error import S3Error

from careloom.platform.errors import NotFoundError
from careloom.platform.settings import Settings


class S3Files:
    """Objects in a bucket of an S3-compatible store."""

    def __init__(self, client: Minio, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    async def put(self, key: str, content: bytes) -> None:
        """Stores `content` durably."""
        name = self._name(key)
        await asyncio.to_thread(self._client.put_object, self._bucket, name, io.BytesIO(content), len(content))

    async def get(self, key: str) -> bytes:
        """The bytes; raises NotFoundError."""
        return await asyncio.to_thread(self._read, self._name(key))

    async def delete(self, key: str) -> None:
        """Removes the bytes."""
        await asyncio.to_thread(self._client.remove_object, self._bucket, self._name(key))

    def _name(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def _read(self, name: str) -> bytes:
        try:
            response = self._client.get_object(self._bucket, name)
        except S3Error as error:
            if error.code == "NoSuchKey":
                raise NotFoundError("The file's content is gone.") from None
            raise
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()


def open_bucket(settings: Settings, address: str) -> S3Files:
    """The bucket at `address`, of the form `s3://bucket/prefix`, with the settings' server and keys."""
    url = urlparse(address)
    endpoint = urlparse(settings.s3_endpoint or "https://s3.amazonaws.com")
    client = Minio(
        endpoint=endpoint.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=endpoint.scheme == "https",
    )
    prefix = url.path.strip("/")
    return S3Files(client, url.netloc, f"{prefix}/" if prefix else "")
