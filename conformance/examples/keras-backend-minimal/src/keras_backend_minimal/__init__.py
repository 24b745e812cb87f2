"""A backend of keras-core over `array_api_strict`."""
