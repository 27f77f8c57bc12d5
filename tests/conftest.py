"""What concerns every test."""


def pytest_collection_modifyitems(items):
    """Run the browser tests last: Playwright keeps an event loop running, and no test after it could have its own."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
