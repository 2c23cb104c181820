"""The asset store: files under the SHA-256 of their content, in a folder or in a bucket."""

from app.assets.store import Asset, AssetStore, AssetStoreError, MissingAssetError

__all__ = ["Asset", "AssetStore", "AssetStoreError", "MissingAssetError"]
