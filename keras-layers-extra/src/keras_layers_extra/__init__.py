"""A layer pack for keras-core: modern blocks, preprocessing and augmentation."""
